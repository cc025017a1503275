"""Rendering and laying down: what must stand in Asterisk's files, and what must never."""

import os
import re
import stat
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from agi.provision import TEMPLATES, lay_agents, lay_sounds, provision, render
from agi.site import AgentCodes, AgentPhone, EmergencyLine, EmergencyPlan, EmergencyTarget, HandedInTrunk
from agi.variables import (
    AGENT_LEG_CONTEXT,
    ALL_VARIABLES,
    ENDED_CONTEXT,
    GOOD_BYE_CONTEXT,
    HOLDING_CONTEXT,
    JOINED_BEFORE_CONTEXT,
    LINE_CONTEXT,
    WAITING_CONTEXT,
)
from hotline.errors import BadSettings
from tests.agi.site_values import site

FILES = render(site())
DIALPLAN = FILES["extensions.conf"]
TARGETS = (EmergencyTarget(trunk="telecom", number="06630000110"), EmergencyTarget(trunk="mobile", number="06630000111"))
EMERGENCY = EmergencyPlan(
    silence_seconds=4,
    lines=(
        EmergencyLine(service="110", key="1", targets=TARGETS, ring_seconds=12),
        EmergencyLine(service="120", key="7", targets=(), ring_seconds=12),
    ),
    incoming=(HandedInTrunk(trunk="mobile", service="110", case_header="X-Case-Number", caller_header="X-Caller"),),
)
EMERGENCY_MOBILE = (EmergencyLine(service="110", key="1", targets=TARGETS[1:], ring_seconds=12),)
URGENT = render(replace(site(), emergency=EMERGENCY))["extensions.conf"]


def section(text: str, name: str, having: str = "") -> str:
    """The lines of a section; of several with one name, the first that has this line."""
    found: list[str] = re.findall(rf"^\[{re.escape(name)}\](?:\([^)]*\))?\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {name}"
    return next(each for each in found if having in each)


def test_every_template_renders_and_says_where_it_comes_from() -> None:
    assert len(FILES) == len(list(TEMPLATES.glob("*.conf.j2"))) + len(site().agent_files)
    assert not [name for name, text in FILES.items() if "agi/provision.py" not in text.splitlines()[0]]
    assert not [name for name, text in FILES.items() if "{{" in text or "{%" in text]


def test_no_section_stands_twice_where_asterisk_takes_the_last_one() -> None:
    for name in ("asterisk.conf", "modules.conf", "manager.conf", "extensions.conf", "rtp.conf", "logger.conf", "musiconhold.conf"):
        sections = re.findall(r"^\[([^]]+)\]", FILES[name], re.MULTILINE)
        assert len(sections) == len(set(sections)), name


def test_all_doors_are_on_loopback_unless_the_operator_opens_them() -> None:
    assert re.search(r"^bindaddr = 127\.0\.0\.1$", section(FILES["manager.conf"], "general"), re.MULTILINE)
    assert "bind = 127.0.0.1:5060\n" in FILES["pjsip.conf"]
    opened = render(replace(site(), bind="0.0.0.0"))
    assert "bind = 0.0.0.0:5060\n" in opened["pjsip.conf"]
    assert "contact = sip:127.0.0.1:5060\n" in section(opened["pjsip.conf"], "self-check", "type = aor")
    assert "bindaddr = 127.0.0.1\n" in opened["manager.conf"]


def test_routing_may_originate_and_join_and_nothing_that_reaches_the_system() -> None:
    routing = section(FILES["manager.conf"], "routing")
    assert "write = call,originate,reporting,user\n" in routing
    assert "permit = 127.0.0.1/255.255.255.255\n" in routing
    assert "writetimeout = 5000\n" in routing


def test_nothing_dangerous_is_loaded() -> None:
    loaded = set(re.findall(r"^load = (\w+)\.so$", FILES["modules.conf"], re.MULTILINE))
    assert "autoload = no\n" in FILES["modules.conf"]
    assert not loaded & {"app_system", "func_shell", "pbx_spool", "pbx_realtime", "app_disa", "chan_iax2"}
    assert "res_pjsip_endpoint_identifier_anonymous" not in loaded
    assert "live_dangerously = yes" not in FILES["asterisk.conf"]


def test_the_directories_are_no_template() -> None:
    assert "[directories]\n" in FILES["asterisk.conf"]  # `[directories](!)` of the sample file is a template: Asterisk would pass over it


def test_all_words_shared_with_the_application_stand_in_the_dialplan() -> None:
    contexts = (LINE_CONTEXT, WAITING_CONTEXT, JOINED_BEFORE_CONTEXT, AGENT_LEG_CONTEXT, GOOD_BYE_CONTEXT, ENDED_CONTEXT)
    assert not [context for context in contexts if f"[{context}]\n" not in DIALPLAN]
    assert not [name for name in ALL_VARIABLES if name not in DIALPLAN]


def test_every_visit_has_its_dead_man_and_done_flag() -> None:
    for context in (LINE_CONTEXT, WAITING_CONTEXT, JOINED_BEFORE_CONTEXT):
        text = section(DIALPLAN, context)
        assert text.index("AGIEXITONHANGUP=yes") < text.index("?${HL_DEAD_MAN}:0)}") < text.index("AGI(${HL_AGI}/")
        assert "exten => T,1," in text
    assert "HL_DEAD_MAN = 20\n" in DIALPLAN


def test_whether_there_is_a_visit_is_asked_once_and_without_a_dead_man_there_is_none() -> None:
    visits = re.findall(r"Set\(AGI_DONE=\)\n.*?AGI\(", DIALPLAN, re.DOTALL)
    assert len(visits) == DIALPLAN.count("?AGI(${HL_AGI}/") > 3
    for visit in visits:
        assert visit.count("EPOCH") == visit.count("HL_APP_DOWN_UNTIL") == 1
        assert visit.endswith(" same => n,ExecIf($[${TIMEOUT(absolute)} > 0]?AGI(")


def test_a_draining_house_is_asked_for_once() -> None:
    """Of citizens in one place, and of agents who call out in another."""
    asked = [line for line in DIALPLAN.splitlines() if "HL_DRAINING" in line and not line.startswith(";")]
    arrivals, calls = (
        [line for line in section(DIALPLAN, name).splitlines() if "HL_DRAINING" in line] for name in ("arrival", "out-calls")
    )
    assert asked == arrivals + calls
    assert len(calls) == 1


def test_a_visit_that_is_tried_again_must_give_its_first_word_at_once() -> None:
    holding = section(DIALPLAN, HOLDING_CONTEXT)
    assert holding.index("?2:0)}") < holding.index("AGI(${HL_AGI}/${HL_VISIT},")
    assert "exten => T,1," in holding


def test_every_visit_that_fails_leads_to_holding() -> None:
    for context in (LINE_CONTEXT, JOINED_BEFORE_CONTEXT):
        text = section(DIALPLAN, context)
        assert "holding,s,1" in text
        assert "exten => T,1,Goto(holding,T,1)\n" in text


def test_the_emergency_key_of_the_settings_works_wherever_the_lifeline_leads_him() -> None:
    nine = render(replace(site(), emergency=EmergencyPlan(key="9")))["extensions.conf"]
    for context in (HOLDING_CONTEXT, "lifeline-words", "lifeline-keys", "lifeline-box"):
        assert "exten => 9,1," in section(nine, context), context
        assert "exten => *,1," in section(DIALPLAN, context), context
    assert re.search(r"Record\([^)]*,kqt\)", DIALPLAN)
    assert re.search(r"Record\([^)]*,kqy\)", nine)  # no option ends a recording by one digit of our choice: any key does


def test_nothing_but_the_note_taker_is_originated_and_it_gets_constant_arguments() -> None:
    assert set(re.findall(r"Originate\(([^,]+),", DIALPLAN)) == {"Local/s@note-taker/n"}
    assert set(re.findall(r"[( ,]AGI\(([^)$]+)\)", DIALPLAN)) == {"note-taker"}


def test_an_agent_is_member_of_one_small_queue() -> None:
    agents = tuple(AgentPhone(id=str(1000 + number), password="p") for number in range(1100))
    whole = render(replace(site(), agents=agents))
    many = whole["queues.conf"]
    names = re.findall(r"^\[(lifeline-[0-9]+)\]$", many, re.MULTILINE)
    assert names == [f"lifeline-{number}" for number in range(10)]
    members = [re.findall(r"^member => PJSIP/([0-9]+)$", section(many, name), re.MULTILINE) for name in names]
    assert [len(each) for each in members] == [100] * 10
    assert len({agent for each in members for agent in each}) == 1000
    few = render(site())
    assert (
        "Queue(lifeline-$[${EPOCH} % ${HL_LIFELINE_QUEUES}],cF(lifeline-agent^s^1),,,${HL_LIFELINE_SECONDS},,lifeline-answered)"
        in few["extensions.conf"]
    )
    assert "member => PJSIP/1002\n" in section(few["queues.conf"], "lifeline-0")
    assert "#include lifeline_queues.conf\n" in section(few["extensions.conf"], "globals")
    told = [each["lifeline_queues.conf"].splitlines()[-1] for each in (few, whole)]
    assert told == ["HL_LIFELINE_QUEUES = 1", "HL_LIFELINE_QUEUES = 10"]


def test_a_hundred_telephones_stand_in_a_file_and_only_the_files_that_change_are_laid(tmp_path: Path) -> None:
    agents = tuple(AgentPhone(id=str(2000 + number), password=f"p-{number}") for number in range(250))
    here = replace(site(tmp_path), agents=agents)
    files = render(here)
    assert [files[f"pjsip_agents_{number:03d}.conf"].count("type = auth") for number in range(3)] == [100, 100, 50]
    assert re.findall(r"^#include (.+)$", files["pjsip_agents.conf"], re.MULTILINE) == list(here.agent_files)
    assert "#include pjsip_agents.conf\n" in files["pjsip.conf"].partition("[trunk](!)")[0].partition("[agent](!)")[2]
    provision(here)
    assert lay_agents(here) == frozenset()
    more = replace(here, agents=(*agents, AgentPhone(id="2999", password="p-new")))
    assert lay_agents(more) == {"pjsip_agents_002.conf", "queues.conf"}
    assert "password = p-new\n" in (tmp_path / "asterisk" / "etc" / "pjsip_agents_002.conf").read_text()
    assert stat.S_IMODE((tmp_path / "asterisk" / "etc" / "pjsip_agents_002.conf").stat().st_mode) == 0o600


def test_the_note_taker_is_a_script_for_the_owner_only(tmp_path: Path) -> None:
    here = replace(site(tmp_path), python="/opt/python/bin/python3", project=tmp_path)
    provision(here)
    script = tmp_path / "asterisk" / "agi-bin" / "note-taker"
    assert stat.S_IMODE(script.stat().st_mode) == 0o700
    assert f"cd '{tmp_path}'" in script.read_text()
    assert f"'/opt/python/bin/python3' -m app.note_taker '{tmp_path}'" in script.read_text()


def test_the_dialplan_runs_nothing() -> None:
    for word in ("System(", "TrySystem(", "SHELL(", "EVAL(", "Exec("):
        assert word not in URGENT


def test_the_dialplan_dials_nothing_but_the_emergency_targets_of_the_settings() -> None:
    dialled = re.findall(r"Dial\(([^,]*),", URGENT)
    assert dialled == [
        "PJSIP/06630000110@telecom",
        "PJSIP/06630000111@mobile",
        "PJSIP/telecom/sip:06630000110@192.0.2.10:5060",
        "PJSIP/mobile/sip:06630000111@sip.example.org:5070",
    ]
    assert "Dial(" not in DIALPLAN


def test_between_the_last_key_and_the_centre_stands_nothing_that_could_keep_him_waiting() -> None:
    for context in ("emergency-110", "emergency-dial-110", "emergency-asked", "emergency-answered"):
        for word in ("AGI(", "Playback(", "Background(", "Wait(", "Read(", "HL_APP_DOWN_UNTIL", "HL_DRAINING", "GROUP"):
            assert word not in section(URGENT, context), f"{word} in {context}"


def test_the_emergency_keys_are_those_of_the_settings() -> None:
    asks = section(URGENT, "emergency")
    assert re.findall(r"^exten => ([0-9*]),1,Goto\(([^,]+),", asks, re.MULTILINE) == [
        ("1", "emergency-110"), ("7", "emergency-120"), ("*", "emergency")
    ]  # fmt: skip
    assert "WaitExten(4)" in asks
    assert "exten => *,1,Goto(emergency,s,1)\n" in section(URGENT, "waiting")
    other = render(replace(site(), emergency=replace(EMERGENCY, key="9")))["extensions.conf"]
    assert "exten => 9,1,Goto(emergency,s,1)\n" in section(other, "waiting")


def test_an_agents_keys_for_a_three_way_call_are_those_of_the_settings_and_ask_no_process_of_ours() -> None:
    keys = render(replace(site(), emergency=replace(EMERGENCY, key="9")))["features.conf"]
    assert re.findall(r"^(bring-\d+) => (\d+),self,Gosub\(three-way,(key-\d+),1\)$", keys, re.MULTILINE) == [
        ("bring-110", "91", "key-110"), ("bring-120", "97", "key-120")
    ]  # fmt: skip
    assert "Set(DYNAMIC_FEATURES=bring-110#bring-120#transfer-blind#" in section(URGENT, AGENT_LEG_CONTEXT)
    assert "AGI(" not in section(URGENT, "three-way")
    assert "HL_APP_DOWN_UNTIL" not in section(URGENT, "three-way")


def test_a_service_without_targets_leads_to_the_duty_agents_at_once() -> None:
    assert "Dial(" not in section(URGENT, "emergency-dial-120")
    assert "Goto(emergency-duty,s,1)" in section(URGENT, "emergency-120")


def test_a_trunk_to_a_centre_is_asked_more_often_whether_it_is_there() -> None:
    pjsip = render(replace(site(), emergency=replace(EMERGENCY, lines=EMERGENCY_MOBILE)))["pjsip.conf"]
    assert "qualify_frequency = 5\n" in section(pjsip, "mobile", "type = aor")
    assert "qualify_frequency = 15\n" in section(pjsip, "telecom", "type = aor")


def test_a_target_over_a_trunk_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadSettings, match="no trunk 'telecom'"):
        render(replace(site(), trunks=(), emergency=EMERGENCY))


def test_what_comes_from_a_centre_is_marked_before_anything_else() -> None:
    handed = section(render(replace(site(), emergency=EMERGENCY))["extensions.conf"], "from-trunk-mobile")
    assert "exten => 12345,1,Gosub(handed-in,s,1(110,X-Case-Number,X-Caller))\n same => n,Gosub(arrival,s,1(mobile," in handed
    assert "handed-in" not in section(URGENT, "from-trunk-telecom")


def test_the_switch_has_room_for_an_emergency_leg_per_citizen() -> None:
    assert f"maxcalls = {2 * site().max_calls + len(site().agents) + 50}\n" in FILES["asterisk.conf"]


def test_no_extension_of_the_wait_ends_with_a_line_to_which_nobody_could_come_back() -> None:
    for block in re.split(r"^exten => ", section(DIALPLAN, WAITING_CONTEXT), flags=re.MULTILINE)[1:]:
        steps = [line for line in block.splitlines() if line and not line.startswith(";")]
        assert "Goto(waiting,s,music)" in steps[-1]
        assert "Goto(waiting,s,music)" in steps[-2]


def test_a_trunk_lets_in_only_its_addresses_and_reaches_only_the_line() -> None:
    pjsip = FILES["pjsip.conf"]
    telecom = section(pjsip, "telecom", "context = from-trunk-telecom")
    assert [line for line in telecom.splitlines() if line.startswith(("deny", "permit"))] == [
        "deny = 0.0.0.0/0", "deny = ::/0", "permit = 192.0.2.10", "permit = 192.0.2.16/28"
    ]  # fmt: skip
    assert "match = 192.0.2.16/28\n" in section(pjsip, "telecom", "type = identify")
    gotos = set(re.findall(r"Goto\(([^,)]+)", section(DIALPLAN, "from-trunk-telecom")))
    assert gotos == {"line"}


def test_a_carrier_that_dies_in_a_call_is_noticed_whether_it_knows_session_timers_or_not() -> None:
    assert "timers = always\n" in section(FILES["pjsip.conf"], "trunk")


def test_a_registering_trunk_registers_with_its_own_account() -> None:
    registration = section(FILES["pjsip.conf"], "mobile", "type = registration")
    assert "server_uri = sip:sip.example.org:5070\n" in registration
    assert "client_uri = sip:066312345@sip.example.org:5070\n" in registration
    assert "contact_user = 12345\n" in registration
    assert "password = a,carrier's(own)&password\n" in section(FILES["pjsip.conf"], "mobile", "type = auth")


def test_each_trunk_knows_the_spellings_of_its_own_area() -> None:
    telecom, mobile = (section(DIALPLAN, f"from-trunk-{name}") for name in ("telecom", "mobile"))
    assert "exten => 8666312345,1,Gosub(arrival,s,1(telecom,0663,30))\n same => n,Goto(line,12345,1)\n" in telecom
    assert "exten => 02012345,1,Gosub(arrival,s,1(mobile,020,10))\n" in mobile
    assert "exten => 02012345," not in telecom


def test_a_line_without_application_is_greeted_with_its_own_words() -> None:
    assert 'exten => 12350,1,Set(HL_WORDS=${IF($["${HL_CHECKPOINT}" = ""]?branch-greeting&recording-notice:)})\n' in DIALPLAN


def test_a_prompt_that_no_voice_has_is_left_out_of_the_lifeline() -> None:
    assert "&lifeline-keys" not in DIALPLAN
    spoken = replace(site(), sounds={f"zh_CN/{name}.wav": Path("x.wav") for name in ("lifeline-keys", "lifeline-message")})
    words = render(spoken)["extensions.conf"]
    assert "?branch-greeting&recording-notice&lifeline-keys:lifeline-keys)})\n" in words
    assert "Background(lifeline-message,m)" in words
    assert "Background(recording-notice,m)" in section(DIALPLAN, "lifeline-box")


def test_files_are_for_the_owner_only_and_what_is_old_goes(tmp_path: Path) -> None:
    here = site(tmp_path)
    (tmp_path / "asterisk" / "etc").mkdir(parents=True)
    (tmp_path / "asterisk" / "etc" / "sip.conf").write_text("[general]")
    conf = provision(here)
    assert conf == tmp_path / "asterisk" / "etc" / "asterisk.conf"
    assert {path.name for path in conf.parent.iterdir()} == set(FILES)
    assert {stat.S_IMODE(path.stat().st_mode) for path in conf.parent.iterdir()} == {0o600}
    assert (tmp_path / "spool" / "recording").is_dir()
    assert (tmp_path / "asterisk" / "documentation").readlink() == here.documentation


def test_what_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    before = {path: path.stat().st_ino for path in provision(site(tmp_path)).parent.iterdir()}
    changed = provision(replace(site(tmp_path), max_calls=7)).parent
    touched = {path.name for path in changed.iterdir() if path.stat().st_ino != before[path]}
    assert touched == {"asterisk.conf", "extensions.conf"}


def test_sounds_are_laid_once_and_again_when_they_change(tmp_path: Path) -> None:
    here = replace(site(tmp_path), sounds={"zh_CN/greeting.wav": _wav(tmp_path / "greeting.wav", 80)}, music=tmp_path / "moh")
    _wav(tmp_path / "moh" / "calm.wav", 160)
    assert lay_sounds(here) == 2
    assert (tmp_path / "asterisk" / "sounds" / "zh_CN" / "greeting.wav").stat().st_size == 44 + 2 * 80
    assert (tmp_path / "asterisk" / "moh" / "calm.wav").stat().st_size == 44 + 2 * 160
    assert lay_sounds(here) == 0
    _wav(tmp_path / "greeting.wav", 96)
    assert lay_sounds(here) == 1
    assert (tmp_path / "asterisk" / "sounds" / "zh_CN" / "greeting.wav").stat().st_size == 44 + 2 * 96


def test_another_voice_is_laid_even_when_its_file_is_as_old(tmp_path: Path) -> None:
    one, other = _wav(tmp_path / "one.wav", 80), _wav(tmp_path / "other.wav", 96)
    for wav in (one, other):
        os.utime(wav, ns=(10**18, 10**18))  # as in an image that was built reproducibly
    lay_sounds(replace(site(tmp_path), sounds={"zh_CN/greeting.wav": one}))
    assert lay_sounds(replace(site(tmp_path), sounds={"zh_CN/greeting.wav": other})) == 1


def test_a_voice_that_may_not_be_used_any_more_is_taken_away(tmp_path: Path) -> None:
    greeting = _wav(tmp_path / "greeting.wav", 80)
    lay_sounds(replace(site(tmp_path), sounds={"zh_CN/greeting.wav": greeting, "zh_CN/goodbye.wav": greeting}))
    lay_sounds(replace(site(tmp_path), sounds={"zh_CN/greeting.wav": greeting}))
    assert [path.name for path in (tmp_path / "asterisk" / "sounds" / "zh_CN").iterdir()] == ["greeting.wav"]


def test_a_checkout_without_templates_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no configuration templates"):
        render(site(), tmp_path)


def _wav(path: Path, samples: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(b"\0\0" * samples)
    return path


def test_the_event_log_is_on_from_the_first_call_and_goes_to_the_second_volume_when_there_is_one(tmp_path: Path) -> None:
    assert "enable = yes" in FILES["cel.conf"]
    assert "load = res_cdrel_custom.so" in FILES["modules.conf"]  # without it cel_custom does not load
    provision(site(tmp_path))
    log = tmp_path / "asterisk" / "log" / "cel-custom"
    assert (log.is_dir(), log.is_symlink()) == (True, False)
    (tmp_path / "second").mkdir()
    provision(site(tmp_path))
    assert log.readlink() == tmp_path / "second" / "cel"


def test_an_event_log_that_has_begun_stays_where_it_is_and_a_lost_volume_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    provision(site(tmp_path))
    log = tmp_path / "asterisk" / "log" / "cel-custom"
    (tmp_path / "second" / "cel").rename(tmp_path / "away")
    provision(site(tmp_path))
    assert log.is_dir()
    log.unlink()
    log.mkdir()
    (log / "calls.csv").touch()
    provision(site(tmp_path))
    assert (log / "calls.csv").exists()
    assert not log.is_symlink()


def test_an_agents_codes_are_those_of_the_settings_and_tell_who_dials_by_his_telephone() -> None:
    codes = AgentCodes(logged_on="*80", paused="*82", pauses={"1": "break", "7": "meal"})
    dialplan = render(replace(site(), codes=codes))["extensions.conf"]
    part = section(dialplan, "agent-codes")
    assert [re.findall(rf"^exten => {re.escape(code)},1,(.*)$", part, re.MULTILINE) for code in ("*80", "*821", "*827")] == [
        ["Goto(agent-code,logged_on,1)"], ["Set(HL_REASON=break)"], ["Set(HL_REASON=meal)"]
    ]  # fmt: skip
    assert "Agent: ${CHANNEL(endpoint)}," in section(dialplan, "agent-code")
    assert "include => agent-codes" in section(dialplan, "from-phones")
    assert "agent-codes" not in section(dialplan, "from-trunk-telecom")

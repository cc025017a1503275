"""不予受理: why the hotline does not take a matter, and where its citizen is told to go (揭府办〔2015〕4号 articles 6, 7 and 17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class DeclineReason(StrEnum):
    """The list of articles 6 and 7, one code each."""

    OUTSIDE = "outside"
    MILITARY = "military"
    IN_PROCEEDINGS = "in_proceedings"
    UNLAWFUL = "unlawful"
    AGAINST_OTHERS = "against_others"
    SECRETS = "secrets"
    RUMOURS = "rumours"
    INSULTS = "insults"
    NO_COMPETENCE = "no_competence"
    INTERNAL = "internal"
    OTHER_BODIES = "other_bodies"
    COURTS = "courts"
    LETTERS = "letters"
    FINAL = "final"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """`where`: what he is told by default; empty: there is nowhere, but he is told why. `clause`: of tickets/clauses.py."""

    clause: str
    words: str
    where: str = ""


GROUNDS: Final[Mapping[DeclineReason, Ground]] = MappingProxyType(
    {
        DeclineReason.OUTSIDE: Ground(clause="6-2", words="不属于本市行政管辖范围", where="事项发生地的12345热线（区号+12345）"),
        DeclineReason.MILITARY: Ground(clause="6-2", words="涉及军队、武警管辖", where="军队、武警有关部门"),
        DeclineReason.IN_PROCEEDINGS: Ground(
            clause="6-2", words="已进入诉讼、仲裁、行政复议程序", where="受理该案的法院、仲裁机构或行政复议机关"
        ),
        DeclineReason.UNLAWFUL: Ground(clause="6-2", words="违反法律法规和社会公德"),
        DeclineReason.AGAINST_OTHERS: Ground(clause="6-2", words="求助事项明显违背其他个人、企业单位合法权益"),
        DeclineReason.SECRETS: Ground(clause="6-2", words="涉及国家机密、商业秘密、个人隐私", where="有关主管机关的保密渠道"),
        DeclineReason.RUMOURS: Ground(clause="6-2", words="捏造或者歪曲事实，散布谣言，扰乱社会秩序"),
        DeclineReason.INSULTS: Ground(clause="6-2", words="公开侮辱、诽谤或者恶意攻击他人"),
        DeclineReason.NO_COMPETENCE: Ground(clause="6-2", words="超出政府公共行政权限"),
        DeclineReason.INTERNAL: Ground(clause="7-1", words="单位日常工作中需要向上级反映的问题", where="单位正常工作渠道"),
        DeclineReason.OTHER_BODIES: Ground(
            clause="7-1", words="对党委、纪委、人大、政协、部队、司法机关工作的意见、建议", where="向有关机关反映"
        ),
        DeclineReason.COURTS: Ground(clause="7-1", words="依法应通过诉讼、仲裁、行政复议解决的纠纷", where="按照法律程序解决"),
        DeclineReason.LETTERS: Ground(clause="7-1", words="来信来访", where="信访部门"),
        DeclineReason.FINAL: Ground(clause="17-2", words="已按重办意见办理并确认办结，以同一事实和理由再次提出"),
    }
)
"""Articles 6 (第三款), 7 and 17 (第二款)."""

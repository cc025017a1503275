import inspect

import hotline.errors as errors
from hotline.errors import BadSettings, HotlineError, LineFault, LinkLost, MalformedInput, Refused


def test_the_drawn_tree_names_every_error_and_no_other() -> None:
    branches = [line for line in (errors.__doc__ or "").splitlines() if "──" in line]
    drawn = {line.translate(str.maketrans("│├└─", "    ")).split()[0] for line in branches}
    defined = {name for name, value in vars(errors).items() if inspect.isclass(value) and value is not HotlineError}
    assert drawn == defined


def test_whose_fault_it_is_can_be_told_by_family() -> None:
    assert issubclass(LinkLost, LineFault)
    assert issubclass(Refused, LineFault)
    assert issubclass(BadSettings, MalformedInput)
    assert issubclass(MalformedInput, ValueError)

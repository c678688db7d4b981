"""How alike two names are, word by word.

Words that tell little of whose name it is count little, and what people usually leave out of a name, or put
behind it, is missed less than what they do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from mailbot.people.names import KIND, REACH, Name, Word
from mailbot.values import Kind, Member

LACKS = 0.75
"""How much a word counts that one of two names lacks, beside one that both have."""

_NAME_LEFT_OUT, _COMMON_LEFT_OUT, _PLACE_ADDED = 0.5, 0.35, 0.6
"""How much of that weight is left where it is usual to leave such a word out, or to add it."""

LEAST_LEFT = min(_NAME_LEFT_OUT, _COMMON_LEFT_OUT, _PLACE_ADDED)

OWN_COUNTRY = 0.1
"""What its own country counts where a member's name lacks it."""

NEAR, NEAR_ACROSS = 0.82, 0.75
"""How alike two words are that may be one, misspelled: of five letters, all must be the same. Across scripts
their consonants are compared."""

SHORT = 3
"""Letters or consonants of a word that is too short to be misspelled."""


def alike(asked: Name, theirs: Name, member: Member) -> float:
    """0 to 1: how much of two names is the same, each word by how much it tells."""
    if not theirs.words:
        return 0.0
    if "".join(word.spelled for word in asked.words) == "".join(word.spelled for word in theirs.words):
        return 1.0
    ours, names = _joined(asked.words, theirs.words), _joined(theirs.words, asked.words)
    person = member.kind is Kind.INDIVIDUAL
    common, doubtful, alone, left = _paired(
        ours, names, across=asked.foreign != theirs.foreign, person=person
    )
    if not common:
        return 0.0
    lacking = _lacking(alone, member) + sum(word.weight for word in left)
    if person and not alone:
        lacking *= _NAME_LEFT_OUT if len(ours) > 1 else 1.0
    elif not alone:
        lacking *= _shortened(ours, names, left)
    elif not left:
        lacking *= _shortened(names, ours, alone, place=not person)
    return common / (common + LACKS * (lacking + doubtful))


def _lacking(alone: Sequence[Word], member: Member) -> float:
    """What the member's name lacks of the reference; that it lacks its own country is usual."""
    return sum(
        OWN_COUNTRY if word.country and word.country == member.country else word.weight for word in alone
    )


def _shortened(
    short: Sequence[Word], long: Sequence[Word], more: Sequence[Word], *, place: bool = False
) -> float:
    """How much the words count that one name has at one end in addition to the whole of the other.

    People cut off what others have in their names as well (the Quipu Centre, «for Economic Rights»), and,
    with ``place``, put where it is behind the name. A word of its own is not cut off: «FIAN Nepal» is not
    FIAN.
    """
    own = sum(word.weight == 1 and not word.country for word in short)
    told = [word for word in long if word.weight not in (KIND, REACH)]
    extra = [word in more for word in told]
    count = sum(extra)
    at_end, at_start = all(extra[len(extra) - count :]), all(extra[:count])
    if len(short) > 1 and own and all(word.weight < 1 for word in more) and (at_end or at_start):
        return _COMMON_LEFT_OUT
    if place and own > 1 and at_end and not any(word.country for word in more):
        return _PLACE_ADDED
    return 1.0


def _joined(words: Sequence[Word], others: Sequence[Word]) -> list[Word]:
    """``words``, two in a row made one where ``others`` write them so: «Fish Workers», «Fishworkers»."""
    wanted = {other.spelled: other for other in others}
    found: list[Word] = []
    for word in words:
        whole = wanted.get(found[-1].spelled + word.spelled) if found else None
        if whole is not None:
            found[-1] = whole
        else:
            found.append(word)
    return found


def _paired(
    ours: Sequence[Word], theirs: Sequence[Word], *, across: bool, person: bool
) -> tuple[float, float, list[Word], list[Word]]:
    """The weight of the words that two names share, what of it is doubtful, the words that each has alone."""
    common, doubtful, alone, left = 0.0, 0.0, [], list(theirs)
    for word in sorted(ours, key=lambda one: -one.weight):
        likeness, at = 0.0, 0
        for place, other in enumerate(left):
            found = word_likeness(word, other, across=across, person=person)
            if found > likeness:
                likeness, at = found, place
        if likeness:
            weight = max(word.weight, left.pop(at).weight)
            common += likeness * weight
            doubtful += (1 - likeness) * weight
        else:
            alone.append(word)
    return common, doubtful, alone, left


def word_likeness(one: Word, other: Word, *, across: bool, person: bool) -> float:
    """0 to 1: whether two words are spellings of one."""
    if one.key == other.key:
        return 1.0
    if one.country or other.country:
        return 0.0
    if across and one.bones and one.bones == other.bones:
        return 0.9
    shorter, longer = sorted((one.spelled, other.spelled), key=len)
    if shorter[:1] == longer[:1]:
        if len(shorter) == 1 and person:
            return 0.7  # R. Kazungu
        if len(one.bones) > 2 and one.bones == other.bones:
            return 0.85
        if len(shorter) > 2 and min(one.weight, other.weight) < 1 and longer.startswith(shorter):
            return 0.9  # Asoc., Intl.
        if len(shorter) > SHORT and (near := OSA.normalized_similarity(shorter, longer, score_cutoff=NEAR)):
            return near
    if across and min(len(one.bones), len(other.bones)) > SHORT:
        return 0.95 * OSA.normalized_similarity(one.bones, other.bones, score_cutoff=NEAR_ACROSS)
    return 0.0

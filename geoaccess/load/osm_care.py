"""Which objects of OpenStreetMap give care, by their tags.

What is taken as a practice of GPs (`TAKEN`) and what is left out though it is near (`rule` gives the reason):

| tags                                                           | taken | why                                      |
|----------------------------------------------------------------|-------|------------------------------------------|
| amenity=doctors, healthcare=doctor                             | yes   | a doctor's practice                      |
| amenity=clinic, healthcare=clinic, healthcare=centre           | yes   | health centres, many of them with GPs    |
| ... with healthcare:speciality, none of it general practice    | no    | specialists (dermatology, diabetes, ...) |
| ... with another amenity or healthcare (dentist, hospital ...) | no    | the other tag says more                  |
| ... named huisartsenpost, spoedpost, out of hours              | no    | urgent care: nobody can register there   |
| disused:amenity=doctors and the like, or disused=yes           | no    | it is gone, or not there yet             |
| any other healthcare=*, amenity=dentist, hospital, ...         | no    | other care                               |

`healthcare:speciality` counts as general practice where it has one of `GENERAL` among its values.

Other kinds of care are taken only where they are asked for:

| kind           | tags                                                                                        |
|----------------|---------------------------------------------------------------------------------------------|
| apotheek       | amenity=pharmacy, healthcare=pharmacy                                                       |
| tandarts       | amenity=dentist, healthcare=dentist                                                         |
| verloskundige  | healthcare=midwife                                                                          |
| ggz            | healthcare=psychotherapist; a doctor or clinic with a healthcare:speciality of `MENTAL`     |
| huisartsenpost | a doctor, clinic or centre named huisartsenpost, spoedpost, out of hours                    |
| seh            | amenity=hospital or healthcare=hospital with emergency=yes                                  |

The tags know no jgz, straatdokter or infopunt.
"""

from __future__ import annotations

from collections.abc import Mapping

from geoaccess.load.cells import fold

#: the first tag that an object has is the one it is counted under
TAKEN = (
    ("amenity", "doctors"),
    ("healthcare", "doctor"),
    ("amenity", "clinic"),
    ("healthcare", "clinic"),
    ("healthcare", "centre"),
)
#: values that say no more than the tags above; any other value beside a tag above wins from it
VAGUE = ("yes", "doctor", "doctors", "clinic", "centre")
OTHER_AMENITY = ("dentist", "hospital", "pharmacy", "veterinary", "nursing_home", "social_facility")
#: what is counted as a near miss without any tag above, besides every other healthcare=*
NEAR_AMENITY = ("dentist", "hospital")
GENERAL = (
    *("general", "general_practice", "general_practitioner", "general_medicine", "gp", "community"),
    *("family_medicine", "family", "family_practice", "primary_care", "huisarts"),
)
GONE = ("disused", "abandoned", "was", "closed", "demolished", "removed", "razed", "construction")
PLANNED = ("proposed", "planned")
MENTAL = ("psychiatry", "psychology", "psychotherapy", "mental_health", "child_psychiatry")
#: tags of kinds of care that one tag is enough for
OTHER_CARE = (
    ("apotheek", "amenity", "pharmacy"),
    ("apotheek", "healthcare", "pharmacy"),
    ("tandarts", "amenity", "dentist"),
    ("tandarts", "healthcare", "dentist"),
    ("verloskundige", "healthcare", "midwife"),
    ("ggz", "healthcare", "psychotherapist"),
)
GP = "huisarts"
URGENT = ("huisartsenpost", "spoedpost", "outofhours")

GONE_REASON, SPECIAL_REASON, URGENT_REASON = "disused or planned", "specialists", "urgent care"


def rule(tags: Mapping[str, str]) -> tuple[str, bool] | None:
    """Say what the tags of one object are: (tag or reason, taken), or None where they are no care at all.

    Examples
    --------
    >>> rule({"amenity": "doctors"}), rule({"amenity": "clinic", "healthcare:speciality": "diabetes"})
    (('amenity=doctors', True), ('specialists', False))
    >>> rule({"disused:amenity": "doctors"}), rule({"amenity": "bench"})
    (('disused or planned', False), None)
    """
    values = {key: _values(tags, key) for key in ("amenity", "healthcare")}
    tag = next((f"{key}={value}" for key, value in TAKEN if value in values[key]), None)
    if tag is None:
        before = [(key, value) for life in (*GONE, *PLANNED) for key, value in _under(tags, life)]
        if any(pair in TAKEN for pair in before):
            return GONE_REASON, False
        other = [f"healthcare={value}" for value in values["healthcare"]]
        other += [f"amenity={value}" for value in values["amenity"] if value in NEAR_AMENITY]
        return (other[0], False) if other else None
    if any(tags.get(life, "no") not in {"no", ""} for life in (*GONE, *PLANNED)):
        return GONE_REASON, False
    for key, known in values.items():
        specific = [value for value in known if value not in VAGUE]
        clash = specific if key == "healthcare" else [v for v in specific if v in OTHER_AMENITY]
        if clash and not any((key, value) in TAKEN for value in known):
            return f"{key}={clash[0]}", False
    special = _values(tags, "healthcare:speciality")
    if special and not any(value in GENERAL for value in special):
        return SPECIAL_REASON, False
    if any(word in fold(tags.get("name", "")) for word in URGENT):
        return URGENT_REASON, False
    return tag, True


def other_care(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """Say which care other than that of a GP's practice an object gives: (kind, tag), or None.

    Examples
    --------
    >>> other_care({"amenity": "pharmacy"}), other_care({"healthcare": "clinic", "name": "Spoedpost"})
    (('apotheek', 'amenity=pharmacy'), ('huisartsenpost', 'healthcare=clinic'))
    >>> other_care({"amenity": "hospital"}) is None
    True
    """
    if any(tags.get(life, "no") not in {"no", ""} for life in (*GONE, *PLANNED)):
        return None
    values = {key: _values(tags, key) for key in ("amenity", "healthcare")}
    for care, key, value in OTHER_CARE:
        if value in values[key]:
            return care, f"{key}={value}"
    hospital = next((key for key, own in values.items() if "hospital" in own), None)
    if hospital:
        open_to_all = tags.get("emergency", "no").strip().casefold() == "yes"
        return ("seh", f"{hospital}=hospital") if open_to_all else None
    tag = next((f"{key}={value}" for key, value in TAKEN if value in values[key]), None)
    if tag and any(word in fold(tags.get("name", "")) for word in URGENT):
        return "huisartsenpost", tag
    if tag and any(value in MENTAL for value in _values(tags, "healthcare:speciality")):
        return "ggz", tag
    return None


def _values(tags: Mapping[str, str], key: str) -> list[str]:
    """Values of one key, which may hold several with ';' between."""
    return [value.strip().casefold() for value in tags.get(key, "").split(";") if value.strip()]


def _under(tags: Mapping[str, str], prefix: str) -> list[tuple[str, str]]:
    """Pairs of key and value behind a prefix such as 'disused:'."""
    return [
        (key, value)
        for key in ("amenity", "healthcare")
        for value in _values(tags, f"{prefix}:{key}")
    ]

"""The project.toml of the demo."""

from __future__ import annotations

from geoaccess.demo.places import LABEL

#: kind of care, longest trip out and length of a consultation in minutes, and why
CARE = (
    ("huisarts", 30, 15, "de norm van dit project"),
    ("huisartsenpost", 30, 15, "30 minuten is de gangbare norm, met de auto"),
    ("apotheek", 30, 5, "ophalen duurt kort"),
    ("tandarts", 30, 30, "aanname"),
    ("ggz", 60, 45, "verder weg en langer dan een consult"),
    ("verloskundige", 45, 20, "aanname"),
    ("jgz", 45, 20, "aanname"),
    ("straatdokter", 45, 15, "aanname"),
    ("infopunt", 45, 15, "aanname"),
    ("seh", 45, 60, "aanname"),
)
CARE_TEXT = "\n".join(
    f"""\
[[care]]
care = "{care}"
norm_minutes = {norm}
consult_min = {consult}
source = "{LABEL}: {why}"
"""
    for care, norm, consult, why in CARE
)

PROJECT = f"""\
# {LABEL}: plaatsnamen en hun ligging zijn echt, al het andere is verzonnen
# (straten, lijnen, dienstregeling, locaties, bewoners, praktijken, openingstijden, aantallen, grenzen).

[project]
name = "Demo Westland en De Peel"
language = "nl"                   # "nl" of "en"
made_up = true                    # zet "{LABEL}" op elke kaart en in elk bestand
country = "NL"                    # feestdagen van dit land

[inputs]                          # paden vanaf dit bestand
sites = "sites.csv"               # woonlocaties van arbeidsmigranten
groups = "groups.csv"             # wie er wonen: werktijden, talen, ingeschreven bij een huisarts
practices = "practices.csv"       # huisartsen en andere zorg
areas = "areas.geojson"           # dorpen en wijken (geen echte grenzen), met inwoners
osm = "streets.osm.pbf"           # straten en paden
gtfs = ["gtfs.zip"]               # bus, tram en trein

[traveller]                       # iemand zonder eigen vervoer
walk_kmh = 4.5
max_walk_min = 20                 # langste wandeling achter elkaar
min_transfer_s = 60               # overstaptijd bovenop de wandeling
max_minutes = 120                 # langste reis, wachten inbegrepen

[when]
date = 2026-11-24                 # een dinsdag; de dienstregeling loopt van 23 november tot en met 6 december
window = ["08:00", "10:00"]       # vertrek op elke minuut hiertussen

[norm]
max_minutes = 30                  # van deur tot deur, wachten inbegrepen
percentile = 50                   # de helft van de vertrekminuten is minstens zo snel
consult_min = 15                  # duur van een consult
reception_margin_min = 0          # minuten aan de balie voor het begint
patients_per_fte = 2095           # normpraktijk van 2018
conditional_weight = 0.5          # deel van de plaatsen waar voorwaarden gelden (aanname)

[surface]
cell_m = 500                      # reistijd van elk vierkant van zoveel meter

[measures]                        # bereikbare capaciteit, samen met de andere inwoners
catchment = ["2sfca", "e2sfca", "raam"]

[failing]                         # waar de toegang faalt: minstens dit deel en dit aantal bewoners
min_share = 0.5
min_persons = 50
distance_m = 2000                 # locaties zo dicht bij elkaar horen bij elkaar

# Locaties die niet in groups.csv staan krijgen deze groepen: een aanname, die de uitkomsten als aanname noemen.
[[groups]]
group_id = "lange dagen"
share = 0.4
shift = "06:00-21:00"
work_days = "ma-za"
commute_min = 0
registered_share = 0.67
source = "{LABEL}; lange dagen en 67% ingeschreven naar Pharos, Gezondheid van arbeidsmigranten"
date = 2022-04-11

[[groups]]
group_id = "dagdienst"
share = 0.6
shift = "07:00-16:00"
work_days = "ma-vr"
commute_min = 25
registered_share = 0.67
source = "{LABEL}"
date = 2026-11-23

# Zorg in het pakket, elk met een eigen norm. Openingstijden staan bij de praktijken.
{CARE_TEXT}"""

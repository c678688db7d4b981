"""A dossier in each language, with the same applicant in it."""

from __future__ import annotations

from mailbot.compose import DEFAULT_FOLDER, Templates
from mailbot.views import (
    CaseLine,
    Dossier,
    FormRow,
    FormSection,
    Noticed,
    Question,
    ReferenceLine,
    Understood,
)

TEMPLATES = Templates(DEFAULT_FOLDER)

ENGLISH = (
    "Since 2014 we have accompanied eleven fishing villages on the lower Tana whose landing sites were "
    "fenced off for a salt works. We keep the record of who fished where, and brought it before the "
    "Environment and Land Court in Malindi.\n\n"
    "In 2022 the court ordered a strip of two hundred metres to be given back. We now watch, with the "
    "villages, whether it is."
)
ARABIC = (
    "نرافق منذ عام 2014 إحدى عشرة قرية صيادين على ضفاف نهر تانا (Tana River) سُيّجت مراسيها لصالح مصنع ملح. "
    "نحفظ سجلّ من كان يصطاد وأين، ورفعناه إلى محكمة البيئة والأراضي في Malindi.\n\n"
    "وفي عام 2022 أمرت المحكمة بإعادة شريط عرضه مئتا متر، ونراقب الآن مع القرى تنفيذ الحكم."
)
SPANISH = (
    "Acompañamos desde 2014 a once aldeas de pescadores del bajo Tana cuyos embarcaderos quedaron cercados "
    "por una salina. Llevamos el registro de quién pescaba dónde, y lo presentamos ante el tribunal."
)
FRENCH = (
    "Nous accompagnons depuis 2014 onze villages de pêcheurs du bas Tana, dont les débarcadères ont été "
    "clôturés au profit d’une saline. Nous tenons le registre de qui pêchait où, et l’avons porté devant le "
    "tribunal de Malindi\u00a0; l’œuvre de longue haleine, à Noël comme à la mi-août."
)
LANGUAGES = ("en", "es", "fr", "ar")
OWN = {"en": ENGLISH, "ar": ARABIC, "es": SPANISH, "fr": FRENCH}

_SAID = {
    "en": (
        ("How you learnt of us", "How did you learn about River Commons?"),
        ("Your work", "How are you working to advance rights in your own community, country or region?"),
        ("Confirmed", "I have known them since their first year in court; they are who they say."),
        ("organization", "Kenya", "English", "3 March 2026", "17 May 2026"),
        ("Track record", "Independence from government", "Commitment", "Funding agency"),
        ("Identity and legal form", "Name", "Website", "Founded in", "Mission"),
        ("Inland Waters Union (member since 2019), 96 %", "why they want to join", "Lapsed"),
    ),
    "ar": (
        ("كيف عرفتم بنا", "كيف علمتم بشبكة River Commons؟"),
        ("عملكم", "كيف تعملون على النهوض بالحقوق في مجتمعكم أو بلدكم أو منطقتكم؟"),
        ("أُكّدت", "أعرفهم منذ عامهم الأول أمام المحكمة، وهم كما يقولون."),
        ("منظمة", "كينيا", "العربية", "3 مارس 2026", "17 مايو 2026"),
        ("سجل حافل", "الاستقلال عن الحكومة", "الالتزام", "جهة مانحة"),
        ("الهوية والشكل القانوني", "الاسم", "الموقع", "سنة التأسيس", "الرسالة"),
        ("\u2068Inland Waters Union\u2069 (عضو منذ 2019)، 96 %", "لماذا يرغبون في الانضمام", "سقط"),
    ),
    "es": (
        ("Cómo nos conocieron", "¿Cómo supo de River Commons?"),
        ("Su trabajo", "¿Cómo trabaja para promover los derechos en su comunidad, país o región?"),
        ("Confirmada", "Los conozco desde su primer año ante el tribunal; son quienes dicen ser."),
        ("organización", "Kenia", "español", "3 de marzo de 2026", "17 de mayo de 2026"),
        ("Trayectoria", "Independencia del gobierno", "Compromiso", "Agencia financiadora"),
        ("Identidad y forma jurídica", "Nombre", "Sitio web", "Fundada en", "Misión"),
        ("Inland Waters Union (miembro desde 2019), 96 %", "por qué quieren unirse", "Caducado"),
    ),
    "fr": (
        ("Comment vous nous avez connus", "Comment avez-vous entendu parler de River Commons\u00a0?"),
        ("Votre travail", "Comment œuvrez-vous pour les droits dans votre communauté, pays ou région\u00a0?"),
        (
            "Confirmée",
            "Je les connais depuis leur première année au tribunal\u00a0; ils sont ce qu’ils disent.",
        ),
        ("organisation", "Kenya", "français", "3 mars 2026", "17 mai 2026"),
        ("Expérience", "Indépendance vis-à-vis du gouvernement", "Engagement", "Bailleur de fonds"),
        ("Identité et forme juridique", "Nom", "Site web", "Fondée en", "Mission"),
        ("Inland Waters Union (membre depuis 2019), 96\u00a0%", "pourquoi ils souhaitent adhérer", "Caduque"),
    ),
}


def dossier(language: str) -> Dossier:
    """All that a dossier can hold, in one language."""
    first, second, said, facts, noticed, form, rest = _SAID[language]
    own = OWN[language]
    sentences = tuple(own.split("\n\n"))
    return Dossier(
        network="River Commons",
        website="https://rivercommons.example",
        number="M-2026-0042",
        applicant="جمعية بحّاري Bahari" if language == "ar" else "Bahari ya Tana",
        kind=facts[0],
        country=facts[1],
        opened=facts[3],
        language_name=facts[2],
        understood=(
            Understood(Question(*first), "Wanjirũ Ndũng’ũ (Inland Waters Union)", sure=False),
            Understood(Question(*second), own, sure=True, source="réponses – إجابات.docx"),
        ),
        sections=(
            FormSection(
                form[0],
                (
                    FormRow(form[1], "Bahari ya Tana"),
                    FormRow(form[2], "https://bahari.example/en/our-work/landing-sites?year=2022&page=3"),
                    FormRow(form[3], "2014"),
                    FormRow(form[4], own),
                ),
            ),
            FormSection(noticed[2], (FormRow(noticed[0], ENGLISH), FormRow(form[1], ""))),
        ),
        references=(
            ReferenceLine("Wanjirũ Ndũng’ũ", "Inland Waters Union", said[0], said[1], (rest[0],)),
            ReferenceLine("سلمى الحدّاد", "", said[0]),
        ),
        evidence=(Noticed(noticed[0], sentences), Noticed(noticed[1]), Noticed(noticed[2], sentences[:1])),
        findings=(Noticed(noticed[3], (own.split(".")[0] + ".",)),),
        aspects=(rest[1],),
        earlier=(CaseLine("M-2024-0007", "Bahari Tana", rest[2], facts[3]),),
        words=words(language),
        prepared=facts[4],
    )


def words(language: str) -> dict[str, str]:
    phrases = TEMPLATES.phrases(language)
    return {key: phrases.say("dossier", key) for key in phrases.keys("dossier")}

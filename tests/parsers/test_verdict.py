import pytest

from mailbot.parsers.verdict import read_verdict
from mailbot.values import Verdict
from tests.parsers.tables import WORDS

SUBJECT = "[M-2026-0042] Ballot: River Commons (organization, Kenya)"

BOARD = {
    Verdict.APPROVE: [
        "APPROVE",
        "I was undecided for a week. Now I approve.",
        "approve - but please ask them about their funding when you write to them",
        "Yes, I approve.",
        "Hi all, approve from my side!",
        "My vote is “approve”.",
        "I vote in favour.",
        "Approve\n\nBest,\nBo",
        "Approve. If you need anything else, call me.",
        "Dear colleagues,\n\nI fully support this application and approve.",
        "Sí, apruebo.",
        "Por mi parte, voto a favor.",
        "J’approuve cette candidature. On nous avait demandé de rejeter un groupe semblable.",
        "Je vote pour.",
        "أوافق على الطلب",
        "موافقة وبكل سرور",
        "Aprovo.",
    ],
    Verdict.REJECT: [
        "I do NOT approve.",
        "I cannot approve this, they are a company.",
        "Against. They are a bank.",
        "No apruebo.",
        "Voto en contra",
        "Je n’approuve pas cette candidature.",
        "غير موافقة. هذه شركة.",
        "لا أوافق",
        "Voto contra.",
    ],
    Verdict.ABSTAIN: [
        "ABSTAIN (no time)",
        "I'd rather abstain on this one.",
        "Me abstengo.",
        "Je m'abstiens.",
        "أمتنع عن التصويت. لا أرفض الطلب ولا أوافق عليه.",
    ],
    Verdict.RECUSE: [
        "I have a conflict of interest, my sister works there.",
        "I would approve them ten times. But I have to recuse myself.",
        "Debo recusarme: soy su tesorera.",
        "Je me récuse.",
        "أعتذر عن التصويت لوجود تضارب مصالح",
    ],
    Verdict.DISCUSS: [
        "DISCUSS: are they independent?",
        "Can we discuss this at the next meeting?",
        "Propongo que lo discutamos en la reunión.",
        "Je ne m'oppose pas, mais je demande que le Conseil en discute.",
        "أطلب مناقشة الطلب في الاجتماع القادم",
    ],
    Verdict.UNCLEAR: [
        "",
        "Thanks, got it.",
        "Let me sleep on it.",
        "Approve?",
        "APPROVE or REJECT? I need more information first.",
        "approve / reject",
        "I abstain or approve, as you like",
        "I approve if the reference is confirmed",
        "APPROVE, provided that the second reference arrives.",
        "Approve\n\nProvided that the second reference arrives.",
        "I can't approve this yet.",
        "I cannot approve this application in its present form.",
        "APPROVE.\n\nOn second thought, REJECT. I cannot make up my mind about the donor.",
        "Apruebo. Aunque sigo dudando.",
        "J'approuve. Mais j'hésite.",
        "No puedo aprobarla en su forma actual.",
        "Je ne peux pas approuver dans sa forme actuelle.",
        "لا أوافق عليه بصيغته الحالية",
        "I don't want to reject them.",
        "Neither approve nor reject.",
        "not sure, maybe approve",
        "The Board approved a similar one last year.",
        'You wrote "reply with one of these words: APPROVE, REJECT". Which one means no?',
        "Please approve my travel expenses",
        "Discussion with my colleagues took long.",
        "No puedo aprobar todavía, tengo una pregunta: ¿quiénes son?",
        "En 2021 aprobamos una parecida.",
        "J'approuve sous réserve d'une seconde référence.",
        "أوافق بشرط وصول المرجع الثاني",
        "هل أوافق؟",
    ],
}

MEMBER = {
    Verdict.SUPPORT: [
        "SUPPORT - solid comrades",
        "No objection from our side.",
        "support from the people of the islands 👍🏽",
        "Our committee supports the application.",
        "Apoyamos con todo el corazón",
        "Espoir Rural soutient pleinement cette adhésion et ne voit aucune raison de s'y opposer.",
        "لا اعتراض لدينا",
    ],
    Verdict.OBJECT: [
        "We object.",
        "We do not support this application",
        "We admire their work. However, we object to the application.",
        "Nos oponemos a esta solicitud",
        "Nous soutenons de tout cœur leur lutte. Toutefois, notre comité émet une objection.",
        "نحن ندعم توسع الشبكة، لكننا نعترض على قبول هذه المؤسسة",
    ],
    Verdict.UNCLEAR: [
        "We support your important work.",
        "We support the application but object to the process",
        "We would object if they took company money",
        "Our committee meets on 27 March only, then we can say support or\nobject. Is it too late?",
    ],
}

REFEREE = {
    Verdict.CONFIRM: [
        "Yes, we recommend them.",
        "Happy to serve as a reference",
        "Confirmamos que los conocemos",
    ],
    Verdict.DECLINE: ["We do not know them.", "I would rather not, sorry.", "Je ne les connais pas"],
    Verdict.UNCLEAR: ["Who are they?", "I confirm receipt of your letter."],
}

CONFIRM = {
    Verdict.CONFIRM: ["Yes", "yes, it was me", "Sí", "Oui", "نعم", "Confirmed, thanks"],
    Verdict.DECLINE: ["No", "No, I did not send this!", "Non, ce n'est pas moi", "لا"],
    Verdict.UNCLEAR: ["What is this?", "Yes or no?"],
}


def cases(role, table):
    return [(role, verdict, text) for verdict, texts in table.items() for text in texts]


@pytest.mark.parametrize(
    ("role", "verdict", "text"),
    [
        *cases("board", BOARD),
        *cases("member", MEMBER),
        *cases("referee", REFEREE),
        *cases("confirm", CONFIRM),
    ],
)
def test_what_is_said_in_each_role(role, verdict, text):
    assert read_verdict(text, f"Re: {SUBJECT}", role, WORDS, SUBJECT)[0] is verdict


def test_a_verdict_taken_back_counts_no_more():
    text = "REJECT\n\nPlease disregard the word at the top and record my vote as APPROVE."

    assert read_verdict(text, SUBJECT, "board", WORDS, SUBJECT)[0] is Verdict.APPROVE


def test_a_change_of_mind_without_a_new_word_is_unclear():
    text = "APPROVE\n\nOn second thoughts, let me read the file again."

    assert read_verdict(text, SUBJECT, "board", WORDS, SUBJECT)[0] is Verdict.UNCLEAR


def test_the_sentence_is_told():
    assert read_verdict("Hello,\n\nI approve.\n\nBo", SUBJECT, "board", WORDS)[1] == "I approve."


@pytest.mark.parametrize(
    ("subject", "parent_subject", "text", "verdict"),
    [
        (f"APPROVE Re: {SUBJECT}", SUBJECT, "see subject", Verdict.APPROVE),
        (f"APPROVE Re: {SUBJECT}", "", "", Verdict.APPROVE),
        (f"J'approuve RE: {SUBJECT}", SUBJECT, "Voir l'objet.", Verdict.APPROVE),
        (f"APPROVE Re: {SUBJECT}", SUBJECT, "REJECT", Verdict.UNCLEAR),
        (f"APPROVE Re: {SUBJECT}", SUBJECT, "I approve if they send the form.", Verdict.UNCLEAR),
        ("Re: Please APPROVE or REJECT", "Please APPROVE or REJECT", "hello", Verdict.UNCLEAR),
        ("Re: APPROVE", "APPROVE", "hello", Verdict.UNCLEAR),
    ],
)
def test_a_verdict_in_the_subject(subject, parent_subject, text, verdict):
    assert read_verdict(text, subject, "board", WORDS, parent_subject)[0] is verdict

import pytest

from retention.domain.departure import words_of_departure


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Não adianta tentar. Já contratei outro sistema.", "Já contratei outro sistema"),
        ("O cliente disse que já contratou outro sistema.", "já contratou outro sistema"),
        ("Ele fechou ontem com a concorrência, sem volta", "fechou ontem com a concorrência"),
        ("já migraram tudo para o concorrente", "já migraram tudo para o concorrente"),
        ("Me disse: “já assinei com outra empresa”", "já assinei com outra empresa"),
        ("Já está usando um novo sistema desde ontem", "Já está usando um novo sistema"),
        ("Liguei e ele já contratou outro. Fim.", "já contratou outro"),
        ("Ele já está usando outro sistema", "já está usando outro sistema"),
        ("Não quer conversa pois já trocou por outro PDV", "já trocou por outro PDV"),
    ],
)
def test_says_so_in_these_very_words(text, words):
    assert words_of_departure(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ele já havia contratado outro antes de ligar", "já havia contratado outro"),
        ("Tinha fechado com outro fornecedor", "Tinha fechado com outro fornecedor"),
        ("Tinham já assinado com o concorrente", "Tinham já assinado com o concorrente"),
    ],
)
def test_what_had_been_done_before_is_done(text, words):
    assert words_of_departure(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tá usando o sistema da Xisto", "tá usando o sistema da Xisto"),
        ("Está usando a saipos desde ontem", "Está usando a saipos"),
        ("Assinou com a Saipos ontem", "Assinou com a Saipos"),
        ("migrou para a Colibri", "migrou para a Colibri"),
        ("Assinou com outro, não volta", "Assinou com outro"),
        ("Foi para a concorrência", "Foi para a concorrência"),
        ("Passou a usar outro software", "Passou a usar outro software"),
        ("Optaram por outro sistema", "Optaram por outro sistema"),
    ],
)
def test_a_rival_tells_by_name_or_as_the_other(text, words):
    assert words_of_departure(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Informou que trocou de sistema", "trocou de sistema"),
        ("Mudaram de plataforma ontem", "Mudaram de plataforma"),
        ("já comprou um sistema novo", "já comprou um sistema novo"),
        ("Já tem um sistema novo rodando", "Já tem um sistema novo"),
        ("já está com sistema novo", "já está com sistema novo"),
    ],
)
def test_so_does_a_change_or_some_new_system(text, words):
    assert words_of_departure(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "Instalamos o sistema novo de vocês",
        "Está com o sistema novo travando",
        "Já está usando o sistema novo",
        "Já está usando o nosso novo sistema",
        "Já contratou o novo sistema conosco",
        "Trocou de sistema em 2020 e veio pra nós",
        "Mudou de plataforma para a nossa em maio",
        "Está usando o sistema do caixa",
        "O N2 trocou de sistema",
        "Trocou de sistema operacional",
        "Mudou de fornecedor de carne",
        "Assinou com outro nome",
    ],
)
def test_our_own_system_and_other_things_do_not(text):
    assert words_of_departure(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "O vizinho trocou de sistema",
        "Um amigo já está usando a Saipos",
        "Se eu tivesse contratado outro não ligaria",
        "Se eu contratar outro eu aviso",
        "Vai trocar de sistema",
        "Nunca trocou de sistema",
        "Não está usando o sistema da Saipos",
        "Talvez já tenha assinado com outro",
        "Está usando outro sistema?",
    ],
)
def test_other_people_plans_and_denials_do_not(text):
    assert words_of_departure(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Refazer a integração e ligar amanhã",
        "Se não resolver, ele vai contratar outro sistema",
        "Ainda não contratou outro sistema",
        "Não contratou nenhum outro sistema",
        "Se ele já contratou outro sistema, encaminho",
        "Perguntar: já contratou outro sistema?",
        "Está pensando em contratar outro sistema",
        "Já contratou outro plano conosco",
        "Já contratou outro funcionário",
        "Mudou para outro plano e trocou a impressora por outra",
        "Contratou outra empresa de internet",
        "O chamado já fechou e abriram outro",
        "Já está com outro problema no sistema",
        "Instalei o novo PDV na loja e testei com o cliente",
        "O N2 migrou o cliente para nova plataforma",
        "O vizinho contratou outro sistema",
        "Nunca contratou outro sistema",
        "Acho que ele já contratou outro sistema",
        "A filial contratou outro sistema de câmeras",
        "Migrou do concorrente para cá em 2020",
    ],
)
def test_a_plan_a_condition_or_another_thing_does_not(text):
    assert words_of_departure(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "já está com a Saipos",
        "Já estão na Linx desde ontem",
        "já contratou o sistema da Linx",
        "fechou com o sistema da Saipos",
        "já assinou contrato com outra empresa de software",
        "mudou pro sistema da TOTVS",
        "migrou para a plataforma da Colibri",
        "já está em outro",
        "já estão com outro e não voltam",
        "Tinha aceitado o desconto, voltou atrás e já contratou outro sistema",
    ],
)
def test_a_rivals_system_or_the_other_alone_tells_wherever_they_are(text):
    assert words_of_departure(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "a unidade de Santos já contratou outro sistema, esta fica",
        "A outra loja da rede já está com a Saipos",
        "Voltou atrás: tinha contratado outro sistema, mas fica",
        "Desistiu. Já tinha assinado com a Saipos, cancelou",
        "Tinha contratado outro sistema, mas decidiu ficar",
        "Não, ele já contratou outro sistema não",
        "Não, ela já está com outro não.",
        "Já está em outro horário",
        "Já está com outra dúvida",
        "Assinou com outra empresa de entregas",
    ],
)
def test_another_place_a_change_of_mind_or_a_double_no_does_not(text):
    assert words_of_departure(text) is None

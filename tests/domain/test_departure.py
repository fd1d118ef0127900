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

"""The real bot answers in the Playground that `make run` opens."""


async def test_a_request_to_cancel_is_answered_with_its_form(desk):
    await desk.act_as("Ana")

    thread = await desk.post("/cancelamento")

    await thread.expect_text("Pedido de cancelamento")
    await thread.expect_button("Continuar")


async def test_a_request_without_a_mention_is_answered_too(desk):
    await desk.act_as("Ana")

    thread = await desk.post("/cancelamento", mention=False)

    await thread.expect_button("Continuar")


async def test_help_is_there_in_the_personal_chat(desk):
    chat = await desk.open_personal("Helena")

    await chat.write("/ajuda")

    await chat.expect_text("Como posso ajudar?")

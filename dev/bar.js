// The bar on top of the Playground: who is acting, one press to act as somebody else.
"use strict";
(() => {
  const world = JSON.parse(document.getElementById("dev-world").textContent);
  const bar = document.createElement("nav");
  bar.id = "dev-bar";
  bar.setAttribute("aria-label", "Quem está agindo");
  bar.title = "Recarregar a página esvazia as conversas mostradas; os casos continuam guardados.";
  bar.append("Você é:");

  const show = (id) =>
    bar.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.person === id)));

  const actAs = (person) => {
    window.playgroundStore.dispatch({ type: "account/actAs", payload: person });
    show(person.id);
  };

  for (const person of world.people) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.person = person.id;
    const role = document.createElement("small");
    role.textContent = person.role;
    button.append(person.name, role);
    button.addEventListener("click", () => actAs(person));
    bar.append(button);
  }
  show(world.acting);
  document.body.prepend(bar);

  // The page starts in the personal chat; the work happens in the channel.
  const open = setInterval(() => {
    const store = window.playgroundStore;
    if (!store || store.getState().config.isLoading) return;
    clearInterval(open);
    store.dispatch({ type: "conversationList/activateConversation", payload: world.channel });
  }, 50);
})();

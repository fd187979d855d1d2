import { mount } from "svelte";
import App from "./App.svelte";
import { createEngine } from "./engine/engine.svelte";
import { browserStore } from "./engine/keystore";
import { isInWindow } from "./native/native";
import { openWindow } from "./native/open";

const target = document.getElementById("app");
const session = browserStore(() => sessionStorage);
if (target && isInWindow(location, session)) void openWindow(target, session);
else if (target) mount(App, { target, props: { engine: createEngine() } });

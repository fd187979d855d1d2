import { mount } from "svelte";
import App from "./App.svelte";
import { createEngine } from "./engine/engine.svelte";
import { browserStore } from "./engine/keystore";
import { takeKey } from "./native/native";
import { openWindow } from "./native/open";

const target = document.getElementById("app");
const key = takeKey(location, history, browserStore(() => sessionStorage));
if (target && key) void openWindow(target, key);
else if (target) mount(App, { target, props: { engine: createEngine() } });

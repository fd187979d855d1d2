import { mount } from "svelte";
import App from "./App.svelte";
import { createEngine } from "./engine/engine.svelte";

const target = document.getElementById("app");
if (target) mount(App, { target, props: { engine: createEngine() } });

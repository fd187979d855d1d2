/**
 * Shows one scene of the page without a server: /stories.html?scene=talk. Without a scene, a list of them.
 * For development alone: the build does not know this page.
 */
import { mount } from "svelte";
import App from "../src/App.svelte";
import { scenes } from "./scenes";

const target = document.getElementById("app") as HTMLElement;
const wanted = new URLSearchParams(location.search).get("scene") ?? "";
const scene = scenes[wanted];

if (scene) {
  const engine = scene();
  Object.assign(window, { engine });
  mount(App, { target, props: { engine } });
} else {
  for (const name of Object.keys(scenes)) {
    const link = document.createElement("a");
    link.href = `?scene=${name}`;
    link.textContent = name;
    target.append(link, document.createElement("br"));
  }
}

/** What the window shows: the launcher, or the room that was chosen in it. */
import { mount } from "svelte";
import { createNativeEngine } from "../engine/engine.svelte";
import { loadPreferences } from "../views/preferences.svelte";
import Launcher from "./Launcher.svelte";
import { Native } from "./native";
import Window from "./Window.svelte";

export async function openWindow(target: HTMLElement, key: string): Promise<void> {
  const native = await Native.open(key);
  const store = native.store();
  loadPreferences(store);
  const room = native.state.target;
  if (room) mount(Window, { target, props: { native, engine: createNativeEngine(native, room, store) } });
  else mount(Launcher, { target, props: { native, store } });
}

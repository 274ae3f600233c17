import { useEffect, useRef } from "preact/hooks";
import { keyWords } from "./keymap.ts";
import { SHORTCUTS } from "./shortcut-groups.ts";
import { Icon } from "./ui/icons.tsx";
import "./ui/dialog.css";

/** All keys, by the place where they work. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="shortcuts" aria-labelledby="shortcuts-title" onClose={onClose} {...{ closedby: "any" }}>
      <div class="shortcuts-body">
        <h2 id="shortcuts-title">Keyboard</h2>
        <button type="button" class="button bare" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
        <div class="shortcuts-groups">
          {SHORTCUTS.map(([title, maps]) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl>
                {maps.flat().map(({ words, keys }) => (
                  <div key={words}>
                    <dt>
                      <kbd>{Object.keys(keys).map(keyWords).join(" · ")}</kbd>
                    </dt>
                    <dd>{words}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
        <a class="shortcuts-licences" href="/build/LICENSES.txt" target="_blank" rel="noreferrer">
          Licences
        </a>
      </div>
    </dialog>
  );
}

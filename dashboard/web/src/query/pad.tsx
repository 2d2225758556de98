// SPDX-License-Identifier: Apache-2.0
// Pad: keys on the screen, for a kiosk without a keyboard. Digits first and large; letters and the signs that case
// numbers have below, where they are wanted.
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-/".split("");

interface PadProps {
  hasLetters: boolean;
  press: (key: string) => void;
  erase: () => void;
  clear: () => void;
  words: { erase: string; clear: string };
}

function Key({ name, press, more }: { name: string; press: () => void; more?: string }) {
  // By pointerdown: an old hand rests on the glass, and a click that slides is none.
  return (
    <button
      class={`key ${more ?? ""}`}
      data-testid={`key-${name}`}
      onPointerDown={(event) => {
        event.preventDefault();
        press();
      }}
      onKeyDown={(event) => (event.key === "Enter" || event.key === " ") && press()}
    >
      {name}
    </button>
  );
}

export function Pad({ hasLetters, press, erase, clear, words }: PadProps) {
  return (
    <div class={`pad ${hasLetters ? "has-letters" : ""}`} data-testid="pad">
      <div class="digits">
        {DIGITS.map((digit) => (
          <Key key={digit} name={digit} press={() => press(digit)} />
        ))}
        {hasLetters ? <Key name={words.clear} press={clear} more="word" /> : <Key name="X" press={() => press("X")} />}
        <Key name="0" press={() => press("0")} />
        <Key name={words.erase} press={erase} more="word" />
      </div>
      {hasLetters && (
        <div class="letters">
          {LETTERS.map((letter) => (
            <Key key={letter} name={letter} press={() => press(letter)} />
          ))}
        </div>
      )}
    </div>
  );
}

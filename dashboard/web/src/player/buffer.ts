// SPDX-License-Identifier: Apache-2.0
// Buffer: a MediaSource with one SourceBuffer whose operations are promises, one after the other.

export function canPlay(codecs: string): boolean {
  return typeof MediaSource !== "undefined" && MediaSource.isTypeSupported(mediaType(codecs));
}

export function mediaType(codecs: string): string {
  return `video/mp4; codecs="${codecs}"`;
}

export function isHevc(codecs: string): boolean {
  return /(^|,)\s*h(vc|ev)1/.test(codecs);
}

export class MediaBuffer {
  private media = new MediaSource();
  private buffer: SourceBuffer | null = null;
  private url = URL.createObjectURL(this.media);
  private last: Promise<unknown> = Promise.resolve();

  // Attaches to the element; the buffer can be used after this.
  async open(video: HTMLVideoElement, codecs: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.media.addEventListener("sourceopen", () => resolve(), { once: true });
      video.addEventListener("error", () => reject(new Error("the element refused the source")), { once: true });
      video.src = this.url;
    });
    this.buffer = this.media.addSourceBuffer(mediaType(codecs));
  }

  close(video: HTMLVideoElement): void {
    URL.revokeObjectURL(this.url);
    this.buffer = null;
    video.removeAttribute("src");
    video.load();
  }

  setDuration(seconds: number): Promise<void> {
    return this.enqueue(() => {
      if (this.media.readyState === "open") this.media.duration = seconds;
    });
  }

  setType(codecs: string): Promise<void> {
    return this.enqueue((buffer) => buffer.changeType(mediaType(codecs)));
  }

  // Shifts what is appended from now on.
  setOffset(seconds: number): Promise<void> {
    return this.enqueue((buffer) => {
      buffer.timestampOffset = seconds;
    });
  }

  // Rejects with QuotaExceededError when the browser holds enough: remove something first.
  append(bytes: Uint8Array): Promise<void> {
    return this.enqueue((buffer) => buffer.appendBuffer(bytes as BufferSource));
  }

  remove(from: number, to: number): Promise<void> {
    return this.enqueue((buffer) => {
      if (to > from) buffer.remove(from, to);
    });
  }

  private enqueue(act: (buffer: SourceBuffer) => void): Promise<void> {
    const next = this.last.then(() => this.settle(act));
    this.last = next.catch(() => {});
    return next;
  }

  private settle(act: (buffer: SourceBuffer) => void): Promise<void> {
    const buffer = this.buffer;
    if (!buffer || this.media.readyState === "closed") return Promise.reject(new Error("the source is closed"));
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => {
        buffer.removeEventListener("updateend", ended);
        buffer.removeEventListener("error", failed);
        if (error) reject(error);
        else resolve();
      };
      const ended = () => done();
      const failed = () => done(new Error("the browser cannot decode this"));
      buffer.addEventListener("updateend", ended);
      buffer.addEventListener("error", failed);
      try {
        act(buffer);
        if (!buffer.updating) done();
      } catch (error) {
        done(error as Error);
      }
    });
  }
}

# SPDX-License-Identifier: Apache-2.0
"""What the cameras of a bench show: films made once by ffmpeg, kept in the build folder, served by hallwatch-camera."""
import subprocess

from support.box import BUILD

SECONDS = 20   # a loop; windows of measuring are as long, so that each sees every picture once
PICTURES = 25  # a second; a key frame each two seconds

# name: size, bits a second
FILMS = {"main": ("1920x1080", 4_000_000), "sub": ("640x360", 500_000)}


def path(name):
    return BUILD / f"bench/{name}-{FILMS[name][1] // 1000}k.mp4"


def make(name):
    """A slow zoom with noise over it: as much work in each picture as the rate allows, as from a camera's sensor."""
    target = path(name)
    if target.exists():
        return target
    size, rate = FILMS[name]
    part = target.with_suffix(".part.mp4")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"mandelbrot=size={size}:rate={PICTURES}", "-t", str(SECONDS),
         "-vf", "noise=alls=12:allf=t,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-b:v", str(rate),
         "-minrate", str(rate), "-maxrate", str(rate), "-bufsize", str(rate), "-g", str(2 * PICTURES),
         "-keyint_min", str(2 * PICTURES), "-sc_threshold", "0", "-bf", "0", part], check=True)
    part.rename(target)
    return target


def rate(name):
    """Bytes a second of video in the film."""
    out = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=size",
                          "-of", "csv=p=0", make(name)], check=True, stdout=subprocess.PIPE, text=True).stdout
    sizes = [int(line.strip(",")) for line in out.split()]
    return sum(sizes) * PICTURES / len(sizes)

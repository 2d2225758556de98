# SPDX-License-Identifier: Apache-2.0
"""Short films for cameras that play a file."""
import subprocess


def make_film(path, seconds=4, kbit=500, size="640x360", noise=0):
    """H.264 in MP4, a key frame each second. With noise the encoder needs all of its kbit/s."""
    picture = f"testsrc2=size={size}:rate=10,noise=alls={noise}:allf=t" if noise else f"testsrc2=size={size}:rate=10"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast",
         "-b:v", f"{kbit}k", "-minrate", f"{kbit}k", "-maxrate", f"{kbit}k", "-bufsize", f"{kbit}k", "-g", "10", "-bf", "0",
         "-pix_fmt", "yuv420p", str(path)], check=True, timeout=60)
    return path

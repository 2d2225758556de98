// SPDX-License-Identifier: Apache-2.0
// Spoken: the words of a call as a voice has to read them. Pure.
//
// Digits of a number are said one by one (A012: "ei ling yi er"), a counter's as a number (12号:
// "shi er hao"). Letters are written as they are said, since the Chinese voice of espeak-ng takes
// Latin letters for Pinyin. What is neither Chinese, letter nor digit is left out.
#pragma once

// "请 ei1 零 一 二 号，到 三号 综合窗口". The caller frees.
char *spoken_zh(const char *number, const char *counter);
// "Number A, 0 1 2, please go to counter 3." Where the counter's name has no number: "please look
// at the screen". The caller frees.
char *spoken_en(const char *number, const char *counter);

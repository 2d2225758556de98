// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { freeId, hostOf, joinAddress, makerAddresses, shortAddress, splitAddress } from "../src/camera_address";

test("user and password come out of an address and go back in", () => {
  const kept = splitAddress("rtsp://ad%40min:***@10.0.0.1:554/a?b=1");
  assert.deepEqual(kept, { address: "rtsp://10.0.0.1:554/a?b=1", user: "ad@min", isKept: true });
  assert.equal(joinAddress(kept, ""), "rtsp://ad%40min:***@10.0.0.1:554/a?b=1");
  assert.equal(joinAddress(kept, "p@s:s/"), "rtsp://ad%40min:p%40s%3As%2F@10.0.0.1:554/a?b=1");
  assert.deepEqual(splitAddress("rtsp://h/a"), { address: "rtsp://h/a", user: "", isKept: false });
  assert.deepEqual(splitAddress("rtsp://u@h/a"), { address: "rtsp://h/a", user: "u", isKept: false });
  assert.equal(joinAddress({ address: " rtsp://h/a ", user: "", isKept: false }, "x"), "rtsp://h/a");
  assert.equal(joinAddress({ address: "file:/a", user: "u", isKept: true }, ""), "file:/a");
});

test("a maker and a number are an address", () => {
  assert.deepEqual(makerAddresses("tplink", " 10.0.0.2 "), ["rtsp://10.0.0.2/stream1", "rtsp://10.0.0.2/stream2"]);
  assert.equal(makerAddresses("other", "10.0.0.2"), null);
  assert.equal(makerAddresses("dahua", " "), null);
});

test("the host of a device's address, and the address as it is typed", () => {
  for (const typed of ["10.0.0.2", " 10.0.0.2:8000 ", "http://10.0.0.2/onvif/device_service", "https://10.0.0.2:8443/x?y"]) assert.equal(hostOf(typed), "10.0.0.2");
  assert.equal(hostOf("http://[fe80::1]:80/x"), "[fe80::1]");
  assert.equal(hostOf("[fe80::1]"), "[fe80::1]");
  assert.equal(shortAddress("http://10.0.0.2:80/onvif/device_service"), "10.0.0.2");
  assert.equal(shortAddress("http://10.0.0.2:8000/onvif/device_service"), "10.0.0.2:8000");
  assert.equal(shortAddress("http://10.0.0.2/other"), "http://10.0.0.2/other");
});

test("the first free id", () => {
  assert.equal(freeId([]), "cam1");
  assert.equal(freeId(["cam1", "cam3"]), "cam2");
});

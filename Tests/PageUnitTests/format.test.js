import assert from "node:assert/strict";
import { test } from "node:test";

import { bytes, count, duration, fixed, number, numbers, percent, plural, remaining, short, timeRange } from "../../Public/js/format.js";

const same = (/** @type {[unknown, string][]} */ pairs) => pairs.forEach(([got, wanted]) => assert.equal(got, wanted));

test("a number keeps its significant digits", () => {
  same([
    [number(0), "0"], [number(-0), "0"], [number(41.34567), "41.35"], [number(263), "263"], [number(0.000213), "0.000213"], [number(2211.4), "2,211"],
    [number(-0.5), "−0.5"], [number(1234567), "1,234,567"], [number(12345678), "1.23e7"], [number(-2.1e-7), "−2.1e−7"], [number(0.1 + 0.2), "0.3"],
    [number(258.4321, 6), "258.432"],
  ]);
});

test("a range of times says where it comes from", () => {
  same([
    [timeRange(null), "unknown"], [timeRange({ low: 20, high: 130, basis: "measured" }), "20 s to 2 min 10 s"], [timeRange({ low: 1, high: 2, basis: "comparable" }), "a few seconds"],
    [timeRange({ low: 3600, high: 36000, basis: "operations" }), "1 h 0 min to 10 h 0 min (from operation counts)"],
  ]);
});

test("a number that is none, or beyond all, says so", () => {
  same([
    [number(null), "–"], [number(undefined), "–"], [number(NaN), "not a number"], [number(Infinity), "∞"], [number(-Infinity), "−∞"],
    [number(5e-324), "4.94e−324"], [number(Number.MAX_VALUE), "1.8e308"], [number(-Number.MAX_VALUE), "−1.8e308"],
  ]);
});

test("the numbers of a column share their decimals and their separators", () => {
  assert.deepEqual(numbers([263, 258.4]), ["263.0", "258.4"]);
  assert.deepEqual(numbers([2211.347, 21.96]), ["2,211.35", "21.96"]);
  assert.deepEqual(numbers([150, 600, 1200]), ["150", "600", "1,200"]);
  assert.deepEqual(numbers([0.5, null, undefined, NaN, Infinity, 0]), ["0.5000", "–", "–", "not a number", "∞", "0"]);
  assert.deepEqual(numbers([-1.5, 12.25]), ["−1.500", "12.250"]);
});

test("a column of sizes that no decimals serve is written as powers of ten", () => {
  assert.deepEqual(numbers([1e-9, 123456.5]), ["1.000e−9", "1.235e5"]);
  assert.deepEqual(numbers([5e-324, Number.MAX_VALUE]), ["4.941e−324", "1.798e308"]);
});

test("a column of nothing is a column of nothing", () => {
  assert.deepEqual(numbers([]), []);
  assert.deepEqual(numbers([null, NaN]), ["–", "not a number"]);
  assert.deepEqual(numbers([0, 0]), ["0", "0"]);
});

test("counts, parts and sizes", () => {
  same([
    [count(0), "0"], [count(10000), "10,000"], [count(-1234), "−1,234"], [count(null), "–"], [count(NaN), "–"], [count(1234.5678), "1,235"],
    [count(1e21), "1e21"], [fixed(1234.5, 1), "1,234.5"], [fixed(null, 1), "–"], [fixed(NaN, 1), "–"], [fixed(Infinity, 2), "–"],
    [plural(1, "run"), "1 run"], [plural(0, "run"), "0 runs"], [plural(2, "study", "studies"), "2 studies"],
    [percent(0.999), "99 %"], [percent(1), "100 %"], [percent(-1), "0 %"], [percent(2), "100 %"], [percent(NaN), "–"],
    [bytes(0), "0 B"], [bytes(999), "999 B"], [bytes(1000), "1.0 kB"], [bytes(9.95e6), "10 MB"], [bytes(null), "–"], [bytes(5e15), "5000 TB"],
    [short("0123456789abcdef"), "0123456789ab"], [short(null), "–"],
  ]);
});

test("times that pass and times that are left", () => {
  same([
    [duration(0), "0 s"], [duration(59.6), "1 min 0 s"], [duration(3600), "1 h 0 min"], [duration(90000), "1 d 1 h"], [duration(null), "unknown"],
    [duration(NaN), "unknown"], [duration(-5), "0 s"], [remaining(3), "a few seconds"], [remaining(12), "about 15 s"], [remaining(119), "about 1 min 50 s"],
    [remaining(3599), "about 60 min"], [remaining(undefined), "unknown"], [remaining(Infinity), "unknown"],
  ]);
});

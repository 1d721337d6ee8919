import Canonical
import Foundation
import Studies
import Testing

/// Schedules against their closed forms.
@Suite struct ScalarScheduleTests {
    @Test func constantAndWarmUp() {
        let warmUp = ScalarSchedule.warmUp(steps: 4)
        #expect((1...6).map { warmUp.value(step: $0, of: 100) } == [0.25, 0.5, 0.75, 1, 1, 1])
        #expect(ScalarSchedule.constant(5e-4).value(step: 7, of: 9) == 5e-4)
        #expect(ScalarSchedule.warmUp(steps: 1).value(step: 1, of: 1) == 1)
    }

    /// Halved at 50, 75, 90, and 95 % of 200,000 steps: the step after that number has the new rate.
    @Test func stepDecayChangesAfterItsShares() {
        let schedule = ScalarSchedule.stepDecay(factor: 0.5, at: [0.5, 0.75, 0.9, 0.95])
        let known: [(Int, Double)] = [
            (1, 1), (100_000, 1), (100_001, 0.5), (150_000, 0.5), (150_001, 0.25), (180_000, 0.25), (180_001, 0.125), (190_000, 0.125), (190_001, 0.0625), (200_000, 0.0625),
        ]
        for (step, expected) in known {
            #expect(schedule.value(step: step, of: 200_000) == expected, "\(step)")
        }
        // 0.55 * 100 is 55.00000000000001 in binary64; the fraction still ends after 55 steps. Halves round up.
        #expect((54...57).map { ScalarSchedule.stepDecay(factor: 0, at: [0.55]).value(step: $0, of: 100) } == [1, 1, 0, 0])
        #expect(ScalarSchedule.steps(0.5, of: 5) == 3 && ScalarSchedule.steps(0, of: 7) == 0 && ScalarSchedule.steps(1, of: 7) == 7)
        #expect(ScalarSchedule.stepDecay(factor: 0.1, at: [0]).value(step: 1, of: 10) == 0.1)
    }

    @Test(arguments: [(0.0, 1), (0.001, 1), (0.25, 3), (1e-7, 4)]) func cosineIsTheFormulaOfThePaper(end: Double, periods: Int) {
        let steps = 1000, schedule = ScalarSchedule.cosine(end: end, periods: periods)
        for step in 1...steps {
            let period = (0..<periods).last { $0 * steps / periods < step }!
            let begin = period * steps / periods, length = (period + 1) * steps / periods - begin
            let expected = end + (1 - end) * (1 + cos(Double.pi * Double(step - 1 - begin) / Double(length))) / 2
            #expect(abs(schedule.value(step: step, of: steps) - expected) < 1e-15, "\(step)")
        }
        #expect(schedule.value(step: 1, of: steps) == 1)
        #expect(schedule.value(step: steps + 1, of: steps) == end && schedule.value(step: 5000, of: steps) == end)
    }

    /// Integers, so that the value is exact: a quarter of the way down is (2 + sqrt 2) / 4.
    @Test func cosineAtItsKnownPoints() {
        let schedule = ScalarSchedule.cosine(end: 0, periods: 1)
        for (step, expected) in [(1, 1.0), (2, (2 + 2.0.squareRoot()) / 4), (3, 0.5), (4, (2 - 2.0.squareRoot()) / 4)] {
            #expect(abs(schedule.value(step: step, of: 4) - expected) < 3e-16, "\(step)")
        }
        // More periods than steps: each step starts one.
        #expect((1...3).map { ScalarSchedule.cosine(end: 0, periods: 7).value(step: $0, of: 3) } == [1, 1, 1])
    }

    @Test func productsAndSequencesCompose() {
        let rate = ScalarSchedule.product([.constant(8), .warmUp(steps: 2), .stepDecay(factor: 0.5, at: [0.5])])
        #expect((1...4).map { rate.value(step: $0, of: 4) } == [4, 8, 4, 4])
        // A warm-up over the first tenth, then a cosine over its own 90 steps.
        let sequence = ScalarSchedule.sequence([.init(.warmUp(steps: 10), until: 0.1), .init(.cosine(end: 0, periods: 1), until: 1)])
        #expect(sequence.value(step: 1, of: 100) == 0.1 && sequence.value(step: 10, of: 100) == 1 && sequence.value(step: 11, of: 100) == 1)
        for step in 11...100 {
            #expect(sequence.value(step: step, of: 100) == ScalarSchedule.cosine(end: 0, periods: 1).value(step: step - 10, of: 90))
        }
        // Nested parts, and a part shorter than a step.
        let nested = ScalarSchedule.sequence([.init(.constant(3), until: 0.01), .init(.sequence([.init(.constant(1), until: 0.5), .init(.constant(2), until: 1)]), until: 1)])
        #expect((1...10).map { nested.value(step: $0, of: 10) } == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    }

    static let schedules: [(ScalarSchedule, String)] = [
        (.constant(2.5e-4), #"{"kind":"constant","value":0.00025}"#),
        (.warmUp(steps: 500), #"{"kind":"warm_up","steps":500}"#),
        (.stepDecay(factor: 0.5, at: [0.5, 0.75]), #"{"at":[0.5,0.75],"factor":0.5,"kind":"step_decay"}"#),
        (.cosine(end: 0.01, periods: 4), #"{"end":0.01,"kind":"cosine","periods":4}"#),
        (.product([.constant(1), .warmUp(steps: 2)]), #"{"kind":"product","of":[{"kind":"constant","value":1},{"kind":"warm_up","steps":2}]}"#),
        (
            .sequence([.init(.constant(1), until: 0.25), .init(.constant(0), until: 1)]),
            #"{"kind":"sequence","parts":[{"schedule":{"kind":"constant","value":1},"until":0.25},{"schedule":{"kind":"constant","value":0},"until":1}]}"#
        ),
    ]

    @Test(arguments: schedules) func readsBackItsCanonicalText(schedule: ScalarSchedule, text: String) throws {
        #expect(schedule.json.canonicalText == text)
        #expect(try ScalarSchedule(reading: JSONValue(parsing: text)) == schedule)
    }

    static let refused: [(String, String)] = [
        (#"{"kind":"cosin","end":0,"periods":1}"#, "rate.kind: \"cosin\" is not known; did you mean \"cosine\"?"),
        (#"{"kind":"cosine","end":0,"periods":0}"#, "rate.periods: 0 is out of range 1...10000"),
        (#"{"kind":"cosine","end":0}"#, "rate.periods: is missing"),
        (#"{"kind":"constant","value":1,"step":3}"#, "rate.step: is not a known field; known are kind, value"),
        (#"{"kind":"constant","value":"1"}"#, "rate.value: must be a number, but is a string"),
        (#"{"kind":"warm_up","steps":0}"#, "rate.steps: 0 is out of range 1...10000000"),
        (#"{"kind":"step_decay","factor":0.5,"at":[0.5,0.5]}"#, "rate.at[1]: must be greater than the one before it"),
        (#"{"kind":"step_decay","factor":0.5,"at":[1.5]}"#, "rate.at[0]: must be a share of the run, a number in 0...1"),
        (#"{"kind":"step_decay","factor":0.5,"at":[]}"#, "rate.at: must have 1 to 64 elements, but has 0"),
        (#"{"kind":"product","of":[{"kind":"constant"}]}"#, "rate.of[0].value: is missing"),
        (#"{"kind":"sequence","parts":[{"schedule":{"kind":"constant","value":1},"until":0.5}]}"#, "rate.parts: must end at 1: the last part's \"until\" is 0.5"),
        (
            #"{"kind":"sequence","parts":[{"schedule":{"kind":"constant","value":1},"until":1},{"schedule":{"kind":"constant","value":1},"until":1}]}"#,
            "rate.parts[1].until: must be greater than where the part before it ends"
        ),
        ("[]", "rate: must be an object, but is an array"),
    ]

    @Test(arguments: refused) func refusesWithThePlace(text: String, sentence: String) throws {
        let json = try JSONValue(parsing: text)
        expectError(sentence) { try ScalarSchedule(reading: json, path: "rate") }
    }
}

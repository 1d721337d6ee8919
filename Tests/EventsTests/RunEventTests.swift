import Canonical
import Events
import Testing

/// The protocol between worker and server: encoded lines are pinned byte by byte, and decode to the same value.
@Suite("Lines of a run's log")
struct RunEventTests {
    private static let digest = String(repeating: "ab", count: 32)

    /// printf '{"metric":"fid","samples":10}' | sha256sum
    private static let content = "3e0740b7afa35776f6565208a07304ff51177b6e8f2b4dc5849b12d3fb590ff2"

    /// Every kind with its line: first with all fields, then without the optional ones.
    static let lines: [(kind: RunEvent.Kind, line: String)] = [
        (.log(version: 2), #"{"time":1.5,"type":"log","version":2}"#),
        (
            .started(.init(step: 3, threads: 2, kernels: "avx2", host: "h", process: 9, program: "0.1.0", resumed: true)),
            #"{"host":"h","kernels":"avx2","pid":9,"program":"0.1.0","resumed":true,"step":3,"threads":2,"time":1.5,"type":"started"}"#
        ),
        (.started(.init(step: 0)), #"{"resumed":false,"step":0,"time":1.5,"type":"started"}"#),
        (.phase("encoder", fraction: 0.25), #"{"fraction":0.25,"phase":"encoder","time":1.5,"type":"phase"}"#),
        (.phase("encoder", fraction: nil), #"{"phase":"encoder","time":1.5,"type":"phase"}"#),
        (
            .progress(step: 5, steps: 100, rate: 2.5, remaining: 38),
            #"{"rate":2.5,"remaining":38,"step":5,"steps":100,"time":1.5,"type":"progress"}"#
        ),
        (.progress(step: 5, rate: nil, remaining: nil), #"{"step":5,"time":1.5,"type":"progress"}"#),
        (
            .metrics(step: 7, values: [.init(name: "a", value: 0.1), .init(name: "b", value: 3)]),
            #"{"step":7,"time":1.5,"type":"metrics","values":{"a":0.1,"b":3}}"#
        ),
        (
            .samples(.init(step: 7, file: "samples/7.png", digest: "d", rows: 8, columns: 4, width: 28, height: 27, channels: 1)),
            #"{"channels":1,"columns":4,"digest":"d","file":"samples/7.png","height":27,"rows":8,"step":7,"time":1.5,"type":"samples","width":28}"#
        ),
        (
            .protocolContent(.init(content: ["metric": "fid", "samples": 10])),
            #"{"digest":"\#(content)","protocol":{"metric":"fid","samples":10},"time":1.5,"type":"protocol"}"#
        ),
        (
            .extractor(.init(digest: digest, name: "lenet-mnist", provenance: ["seed": 0])),
            #"{"digest":"\#(digest)","name":"lenet-mnist","provenance":{"seed":0},"time":1.5,"type":"extractor"}"#
        ),
        (
            .evaluation(
                .init(step: 7, metric: "fid", value: 31.25, protocolDigest: "p", encoder: "lenet", encoderDigest: "e", samples: 1000, referenceSplit: "test")),
            #"{"encoder":"lenet","encoder_digest":"e","metric":"fid","protocol":"p","reference_split":"test","samples":1000,"step":7,"time":1.5,"type":"evaluation","value":31.25}"#
        ),
        (
            .evaluation(
                .init(
                    step: 7, metric: "kid", value: nil, protocolDigest: "p", encoder: "lenet", encoderDigest: "e", samples: 9, referenceSplit: "test",
                    problem: "Too few.")),
            #"{"encoder":"lenet","encoder_digest":"e","metric":"kid","problem":"Too few.","protocol":"p","reference_split":"test","samples":9,"step":7,"time":1.5,"type":"evaluation","value":null}"#
        ),
        (
            .checkpoint(.init(step: 8, digest: digest, bytes: 123, final: true, best: ["fid": .init(step: 4, value: 30)])),
            #"{"bytes":123,"digest":"\#(digest)","final":true,"metrics":{"fid":{"step":4,"value":30}},"step":8,"time":1.5,"type":"checkpoint"}"#
        ),
        (
            .finished(RunEnd(outcome: .collapsed, message: "one image", finalDigest: "f")),
            #"{"final_digest":"f","message":"one image","outcome":"collapsed","time":1.5,"type":"finished"}"#
        ),
        (
            .finished(RunEnd(outcome: .timedOut, message: "late", step: 7)),
            #"{"message":"late","outcome":"timed_out","step":7,"time":1.5,"type":"finished"}"#
        ),
    ]

    @Test(arguments: lines.indices)
    func aLineAndItsValueAreOne(index: Int) throws {
        let (kind, line) = Self.lines[index]
        let event = RunEvent(time: 1.5, kind: kind)
        #expect(String(decoding: event.line, as: UTF8.self) == line + "\n")
        #expect(try RunEvent(line: Array(line.utf8)) == event)
    }

    @Test func everyKindIsPinned() {
        let kinds = Set(Self.lines.map(\.kind.name))
        #expect(kinds == ["log", "started", "phase", "progress", "metrics", "samples", "protocol", "extractor", "evaluation", "checkpoint", "finished"])
    }

    @Test func aMetricThatIsNotFiniteIsNull() throws {
        let line = RunEvent(time: 1, kind: .metrics(step: 1, values: [.init(name: "loss", value: .nan)])).line
        #expect(String(decoding: line, as: UTF8.self) == #"{"step":1,"time":1,"type":"metrics","values":{"loss":null}}"# + "\n")
        guard case .metrics(1, let values) = try RunEvent(line: Array(line.dropLast())).kind else { Issue.record("no metrics"); return }
        #expect(values.map(\.name) == ["loss"] && values[0].value.isNaN)
    }

    /// The rules for readers: an unknown kind is no error, an unknown field is ignored.
    @Test func whatIsNotKnownIsPassedOver() throws {
        #expect(try RunEvent(line: Array(#"{"type":"dance","time":2,"step":"waltz"}"#.utf8)) == RunEvent(time: 2, kind: .unknown("dance")))
        let line = #"{"type":"progress","time":2,"step":1,"mood":{"good":true}}"#
        #expect(try RunEvent(line: Array(line.utf8)) == RunEvent(time: 2, kind: .progress(step: 1, rate: nil, remaining: nil)))
    }

    @Test(arguments: [
        ("[]", "not a JSON object"), (#"{"type":"progress","ti"#, "a line is not valid JSON"),
        (#"{"time":1}"#, "lacks the text 'type'"), (#"{"type":"dance"}"#, "lacks the number 'time'"), (#"{"type":"log","time":1}"#, "lacks the integer 'version'"),
        (#"{"type":"metrics","time":1,"step":-1,"values":{}}"#, "an event has step -1, expected 0...1099511627776"),
        (#"{"type":"metrics","time":1,"step":1,"values":{"a":"b"}}"#, "the metric 'a' is not a number"),
        (#"{"type":"evaluation","time":1,"step":1,"metric":"fid","value":1}"#, "lacks the text 'protocol'"),
        (#"{"type":"checkpoint","time":1,"step":1,"digest":"../../x","bytes":1}"#, "64 lowercase hex digits"),
        (
            #"{"type":"samples","time":1,"step":1,"file":"../x.png","digest":"a","rows":1,"columns":1,"width":1,"height":1,"channels":1}"#,
            "outside of its run's folder"
        ),
        (#"{"type":"protocol","time":1,"digest":"\#(digest)","protocol":{"metric":"fid"}}"#, "but its content has digest"),
        (#"{"type":"finished","time":1,"outcome":"bored"}"#, "unknown outcome 'bored'; allowed: done, collapsed, diverged, timed_out, failed, cancelled, interrupted"),
    ])
    func refusesWhatIsNoEvent(line: String, problem: String) {
        let error = #expect(throws: EventError.self) { try RunEvent(line: Array(line.utf8)) }
        #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    }
}

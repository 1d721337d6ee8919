import Canonical
import Events
import Testing

/// An optional field may be missing or null; a value of another type makes the line invalid instead of being read as missing.
@Suite("Types of the fields of events")
struct FieldTypeTests {
    private static let evaluation =
        #"{"encoder":"e","encoder_digest":"d","metric":"fid","protocol":"p","reference_split":"test","samples":9,"step":7,"time":1.5,"type":"evaluation""#
    private static let checkpoint = #"{"bytes":1,"digest":"\#(String(repeating: "ab", count: 32))","step":8,"time":1.5,"type":"checkpoint""#

    private func event(_ line: String) throws -> RunEvent { try RunEvent(line: Array(line.utf8)) }

    @Test func missingAndNullAreTheSame() throws {
        let missing = try event(Self.evaluation + "}")
        #expect(try event(Self.evaluation + #","problem":null,"value":null}"#) == missing)
        #expect(try event(Self.evaluation + #","value":3}"#) != missing)
        let bare = try event(Self.checkpoint + "}")
        // A best value that is not finite is written as null.
        #expect(try event(Self.checkpoint + #","final":null,"metrics":{"fid":{"step":4,"value":null}}}"#) == bare)
    }

    @Test(arguments: [
        (Self.evaluation + #","value":"3"}"#, "the field 'value' of an event is not a number"),
        (Self.evaluation + #","problem":3}"#, "the field 'problem' of an event is not a text"),
        (Self.checkpoint + #","final":"true"}"#, "the field 'final' of an event is not true or false"),
        (Self.checkpoint + #","metrics":[]}"#, "the field 'metrics' of an event is not an object"),
        (Self.checkpoint + #","metrics":{"fid":{"step":4,"value":"x"}}}"#, "the best value of 'fid' of a checkpoint has no step or value"),
        (#"{"steps":2.5,"step":1,"time":1,"type":"progress"}"#, "the field 'steps' of an event is not an integer"),
        (#"{"outcome":"done","step":"4","time":1,"type":"finished"}"#, "the field 'step' of an event is not an integer"),
    ])
    func anotherTypeIsAnError(line: String, problem: String) {
        let error = #expect(throws: EventError.self) { try event(line) }
        #expect(error?.problem == problem)
    }
}

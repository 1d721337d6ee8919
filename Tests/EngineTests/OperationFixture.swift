import Canonical
import TestSupport
import Graphs

/// The golden values of Tests/Fixtures/operations; generate.py explains them.
struct OperationFixture: Sendable {
    struct Values: Sendable {
        let shape: Shape
        let numbers: [Float]
    }

    /// Values with the error bound of a correct computation.
    struct Golden: Sendable {
        let values: Values
        let magnitudes: [Float]
        let roundings: Float

        /// The maximum error of an element, as a fraction of its bound.
        func worst(_ computed: [Float]) -> (share: Float, element: Int) {
            guard computed.count == values.numbers.count else { return (.infinity, 0) }
            var worst: (share: Float, element: Int) = (0, 0)
            for (index, value) in computed.enumerated() where value != values.numbers[index] {
                // In double precision; below the normal range a rounding error is 2^-150 regardless of magnitude.
                let allowed = Double(roundings) * (Double(magnitudes[index]) * 0x1p-24 + 0x1p-150)
                let share = Float(abs(Double(value) - Double(values.numbers[index])) / allowed)
                if !(share <= worst.share) { worst = (share, index) }
            }
            return worst
        }
    }

    struct Case: Sendable {
        let inputs: [Values]
        let arriving: [Values]
        let gradientOf: [Int]
        let outputs: [Golden]
        let gradients: [Golden]
    }

    /// Three updates of an optimizer; outputs are [update, element]: the parameter, then its state.
    struct Trace: Sendable {
        let start: Values
        let gradients: Values
        let state: [String]
        let outputs: [Golden]
    }

    let names: [String]
    private let cases: [String: Case]
    private let traces: [String: Trace]

    static let shared = Result { try OperationFixture() }

    func operation(_ name: String) -> Case? { cases[name] }
    func trace(_ name: String) -> Trace? { traces[name] }

    private init() throws {
        let bytes = try Fixtures.bytes("operations/values.f32")
        let numbers = stride(from: 0, to: bytes.count, by: 4).map { at in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
        }
        var names: [String] = []
        var cases: [String: Case] = [:]
        var traces: [String: Trace] = [:]
        var index = try FieldReader(JSONValue(parsing: Fixtures.bytes("operations/index.json")))
        _ = try index.value("made_by")
        for value in try index.value("cases").arrayValue ?? [] {
            var fields = try FieldReader(value)
            let name = try fields.string("name")
            names.append(name)
            func values(_ value: JSONValue) -> Values { Self.values(value, numbers) }
            func list(_ key: String) throws -> [JSONValue] { try fields.value(key).arrayValue ?? [] }
            func golden(_ key: String) throws -> [Golden] { try list(key).map { Self.golden($0, numbers) } }
            if fields.contains("state") {
                traces[name] = try Trace(
                    start: values(fields.value("start")), gradients: values(fields.value("gradients")), state: list("state").compactMap(\.stringValue),
                    outputs: golden("outputs"))
            } else {
                cases[name] = try Case(
                    inputs: list("inputs").map(values), arriving: list("arriving").map(values),
                    gradientOf: list("gradient_of").map { Int($0.integerValue!) }, outputs: golden("outputs"), gradients: golden("gradients"))
            }
        }
        (self.names, self.cases, self.traces) = (names, cases, traces)
    }

    private static func values(_ value: JSONValue, _ numbers: [Float]) -> Values {
        let shape = Shape(value["shape"]!.arrayValue!.map { Int($0.integerValue!) })
        let at = Int(value["at"]!.integerValue!)
        return Values(shape: shape, numbers: Array(numbers[at..<at + shape.count]))
    }

    private static func golden(_ value: JSONValue, _ numbers: [Float]) -> Golden {
        let values = values(value, numbers)
        var magnitudes = values.numbers.map(abs)
        if let at = value["magnitude"]?.integerValue { magnitudes = Array(numbers[Int(at)..<Int(at) + magnitudes.count]) }
        return Golden(values: values, magnitudes: magnitudes, roundings: Float(value["roundings"]!.numberValue!))
    }
}

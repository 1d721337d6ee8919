/// A name under which a plan has no input or no output.
public struct UnknownPort: Error, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable { case input, output }

    public let kind: Kind
    public let name: String
    /// The names that there are.
    public let known: [String]

    public var description: String {
        let names = known.isEmpty ? "it has none" : "it has " + known.joined(separator: ", ")
        return "the plan has no \(kind.rawValue) \"\(name)\"; \(names)"
    }
}

extension Plan {
    /// The shape of an input, whether the plan needs it or its graph only declares it.
    /// - Errors: `UnknownPort`, with the names of all inputs
    public func inputShape(_ name: String) throws(UnknownPort) -> Shape {
        let declared = inputs + unusedInputs
        guard let input = declared.first(where: { $0.name == name }) else {
            throw UnknownPort(kind: .input, name: name, known: declared.map(\.name).sorted())
        }
        return input.shape
    }

    /// The place of an output among `outputs`.
    /// - Errors: `UnknownPort`, with the names of all outputs
    public func outputIndex(_ name: String) throws(UnknownPort) -> Int {
        guard let index = outputs.firstIndex(where: { $0.name == name }) else {
            throw UnknownPort(kind: .output, name: name, known: outputs.map(\.name).sorted())
        }
        return index
    }
}

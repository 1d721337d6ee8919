/// An input or output name that a plan does not have.
public struct UnknownPort: Error, Equatable, CustomStringConvertible {
    /// Which kind of port was asked for.
    public enum Kind: String, Sendable { case input, output }

    /// Which kind of port was asked for.
    public let kind: Kind
    /// The unknown name.
    public let name: String
    /// The names that exist, sorted.
    public let known: [String]

    /// The name and the names that exist, in one sentence.
    public var description: String {
        let names = known.isEmpty ? "it has none" : "it has " + known.joined(separator: ", ")
        return "the plan has no \(kind.rawValue) \"\(name)\"; \(names)"
    }
}

extension Plan {
    /// The shape of an input, including inputs that the graph declares and the plan does not read.
    /// - Errors: `UnknownPort`, with the names of all inputs
    public func inputShape(_ name: String) throws(UnknownPort) -> Shape {
        let declared = inputs + unusedInputs
        guard let input = declared.first(where: { $0.name == name }) else {
            throw UnknownPort(kind: .input, name: name, known: declared.map(\.name).sorted())
        }
        return input.shape
    }

    /// The index of an output in `outputs`.
    /// - Errors: `UnknownPort`, with the names of all outputs
    public func outputIndex(_ name: String) throws(UnknownPort) -> Int {
        guard let index = outputs.firstIndex(where: { $0.name == name }) else {
            throw UnknownPort(kind: .output, name: name, known: outputs.map(\.name).sorted())
        }
        return index
    }
}

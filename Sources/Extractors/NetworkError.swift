/// Why a network, or a file of weights for it, is refused.
public struct NetworkError: Error, Equatable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    /// Creates an error.
    public init(_ description: String) { self.description = description }

    static func layer(_ name: String, _ reason: String) -> NetworkError { NetworkError("layer \(name): \(reason)") }

    static func shape(_ tensor: String, expected: [Int], actual: [Int], layer: String) -> NetworkError {
        NetworkError("tensor \(tensor) has the shape \(actual); layer \(layer) needs \(expected)")
    }
}

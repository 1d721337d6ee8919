/// Why a file of weights is refused.
public struct WeightError: Error, Equatable, CustomStringConvertible {
    /// What is wrong; completes the sentence.
    public let reason: String
    /// The tensor concerned, if any.
    public let tensor: String?
    /// The byte offset in the file, or in its member that holds the list of tensors, if known.
    public let offset: Int?

    /// Creates an error.
    public init(_ reason: String, tensor: String? = nil, offset: Int? = nil) {
        (self.reason, self.tensor, self.offset) = (reason, tensor.map { String($0.prefix(200)) }, offset)
    }

    /// The error in one sentence.
    public var description: String {
        let place = [tensor.map { "tensor \($0)" }, offset.map { "byte \($0)" }].compactMap(\.self).joined(separator: ", ")
        return place.isEmpty ? reason : "\(place): \(reason)"
    }
}

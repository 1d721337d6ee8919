import Archives

/// Why a bundle cannot be written, or is refused: one sentence that begins with the file.
package struct BundleError: Error, Equatable, CustomStringConvertible {
    /// The bundle's path.
    package var file: String
    /// What is wrong; completes the sentence.
    package var reason: String
    /// The sentence.
    package var description: String { "\(file): \(reason)" }

    /// Makes an error.
    package init(_ file: String, _ reason: String) { (self.file, self.reason) = (file, reason) }
}

extension String {
    /// The text with a backslash before each of these scalars.
    ///
    /// By scalars, not by characters: a quote with a combining mark behind it is one character, which is no quote to Swift, and two to whoever reads the text.
    public func backslashed(_ scalars: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalars.unicodeScalars.contains(scalar) { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }
}

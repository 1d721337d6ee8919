extension String {
    /// Whether the text can name something: one line that is not blank, without control characters and without characters that set the
    /// direction of what follows, which could make a name read as another.
    public var isName: Bool {
        !allSatisfy(\.isWhitespace)
            && unicodeScalars.allSatisfy { scalar in
                scalar.properties.generalCategory != .control && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
            }
    }
}

import Canonical
import Testing

@Suite("Backslashes") struct BackslashTests {
    /// A combining mark joins the quote before it to one character.
    @Test func marksHideNoScalar() {
        #expect("a\"\u{301}b".backslashed("\\\"").unicodeScalars.map(\.value) == "a\\\"\u{301}b".unicodeScalars.map(\.value))
        #expect("|\u{611}_".backslashed("|_").unicodeScalars.count == 5 && "plain".backslashed("|") == "plain" && "".backslashed("|") == "")
    }
}

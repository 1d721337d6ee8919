import Canonical
import Testing

@Suite("Escaped texts") struct EscapingTests {
    /// A combining mark joins the quote before it to one character.
    @Test func marksHideNoScalar() {
        #expect("a\"\u{301}b".backslashed("\\\"").unicodeScalars.map(\.value) == "a\\\"\u{301}b".unicodeScalars.map(\.value))
        #expect("|\u{611}_".backslashed("|_").unicodeScalars.count == 5 && "plain".backslashed("|") == "plain" && "".backslashed("|") == "")
    }

    @Test func namesAreOneLineThatReadsAsItIsWritten() {
        for name in ["a", " a ", "Größe 1", "日本", "naïve — 2"] { #expect(name.isName, "\(name)") }
        for name in ["", " ", "\u{3000}", "a\nb", "a\u{0}", "a\u{7F}", "a\u{9B}", "a\u{202E}b", "\u{2066}a"] { #expect(!name.isName, "\(name.debugDescription)") }
    }

    @Test func nothingOfATextIsMarkup() throws {
        #expect("<a href=\"x\">'&'</a>\t\n".escapedAsHTML == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\t\n")
        #expect("\u{0}\r\u{7F}é<\u{338}".escapedAsHTML.unicodeScalars.elementsEqual("\u{FFFD}\u{FFFD}\u{FFFD}é&lt;\u{338}".unicodeScalars))
        for (number, isKept) in [(0xFDCF, true), (0xFDD0, false), (0xFDEF, false), (0xFDF0, true), (0xFFFD, true), (0xFFFE, false), (0x1F600, true), (0x10FFFF, false)] as [(UInt32, Bool)] {
            let scalar = try #require(Unicode.Scalar(number))
            #expect(String(scalar).escapedAsHTML == (isKept ? String(scalar) : "\u{FFFD}"), "\(number)")
        }
        #expect("plain".escapedAsHTML == "plain" && "".escapedAsHTML.isEmpty)
    }
}

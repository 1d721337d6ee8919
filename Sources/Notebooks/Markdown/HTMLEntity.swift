/// Characters that are written as `&name;`, `&#123;` or `&#x7B;`.
///
/// They are decoded here and not left to the browser, so that an address is checked as it will be read: `javascript&colon;` has a colon.
enum HTMLEntity {
    /// The characters of an entity. One of an unknown name is text as it is written; a number that no character has is U+FFFD.
    static func decoded(_ entity: String) -> String {
        guard entity.hasPrefix("&"), entity.hasSuffix(";") else { return entity }
        let name = entity.dropFirst().dropLast()
        guard name.hasPrefix("#") else { return characters[String(name)] ?? entity }
        let number = name.dropFirst()
        let isHexadecimal = number.hasPrefix("x") || number.hasPrefix("X")
        guard let code = UInt32(isHexadecimal ? number.dropFirst() : number, radix: isHexadecimal ? 16 : 10), isCharacter(code), let scalar = Unicode.Scalar(code) else { return "\u{FFFD}" }
        return String(Character(scalar))
    }

    /// Zero and the code points that Unicode reserves as no characters are none; some of these are our own tokens.
    private static func isCharacter(_ code: UInt32) -> Bool { code > 0 && !(0xFDD0...0xFDEF).contains(code) && code & 0xFFFE != 0xFFFE }

    private static let characters: [String: String] = {
        var characters: [String: String] = [:]
        for entry in names.split(whereSeparator: \.isWhitespace) {
            let parts = entry.split(separator: "=")
            let scalars = parts[1].split(separator: ",").compactMap { UInt32($0, radix: 16) }.compactMap(Unicode.Scalar.init)
            characters[String(parts[0])] = String(String.UnicodeScalarView(scalars))
        }
        return characters
    }()
}

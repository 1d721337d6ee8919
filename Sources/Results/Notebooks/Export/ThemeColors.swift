/// The colors of a drawing in the dark theme, by those in the light one: found by comparing the two, which differ in nothing else. So one drawing serves both themes.
struct ThemeColors {
    private(set) var dark: [String: String] = [:]

    /// Adds the colors of a drawing.
    /// - Returns: false where the drawings are not the same but for colors, or where a color would have two counterparts; then nothing is added
    mutating func add(light: String, dark other: String) -> Bool {
        let (first, second) = (Self.colors(light), Self.colors(other))
        guard first.count == second.count else { return false }
        var known = dark
        for (light, dark) in zip(first, second) {
            guard known[light] == nil || known[light] == dark else { return false }
            known[light] = dark
        }
        dark = known
        return true
    }

    /// Rules for the parts of drawings within `scope`.
    func css(_ scope: String) -> String {
        dark.sorted { $0.key < $1.key }.filter { $0.key != $0.value }.map { light, dark in
            "\(scope) [fill=\"\(light)\"] { fill: \(dark); }\n\(scope) [stroke=\"\(light)\"] { stroke: \(dark); }\n"
        }.joined()
    }

    /// Every attribute value of the form `#rrggbb`, in order.
    private static func colors(_ svg: String) -> [String] {
        var colors: [String] = []
        for part in svg.utf8.split(separator: UInt8(ascii: "\"")).lazy where part.count == 7 && part.first == UInt8(ascii: "#") {
            if part.dropFirst().allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) { colors.append(String(decoding: part, as: UTF8.self)) }
        }
        return colors
    }
}

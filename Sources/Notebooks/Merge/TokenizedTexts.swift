/// Texts cut into tokens, with equal numbers for equal tokens across all texts.
struct TokenizedTexts {
    /// What a token is.
    enum Unit {
        /// A line with its line feed.
        case lines
        /// A word, a run of spaces, or one other character. Characters of scripts without spaces stand alone.
        case words
    }

    /// The bytes of all texts, one after the other.
    private let bytes: [UInt8]
    /// Tokens of each text: their numbers, and where each begins (with the end of the text last).
    private(set) var numbers: [[Int32]] = []
    private var starts: [[Int32]] = []
    private var numbering: TokenNumbers

    init(_ texts: [[UInt8]], by unit: Unit) {
        bytes = texts.count == 1 ? texts[0] : Array(texts.joined())
        numbering = TokenNumbers()
        var start = 0
        for text in texts {
            add(start..<start + text.count, unit)
            start += text.count
        }
    }

    /// How many different tokens there are.
    var distinct: Int { numbering.count }

    /// The bytes of some tokens of a text.
    func bytes(of tokens: Range<Int>, in text: Int) -> ArraySlice<UInt8> { bytes[range(of: tokens, in: text)] }

    /// How far into its text a token begins, in bytes.
    func offset(of token: Int, in text: Int) -> Int { Int(starts[text][token] - starts[text][0]) }

    private func range(of tokens: Range<Int>, in text: Int) -> Range<Int> { Int(starts[text][tokens.lowerBound])..<Int(starts[text][tokens.upperBound]) }

    private mutating func add(_ text: Range<Int>, _ unit: Unit) {
        var numbers: [Int32] = []
        var starts: [Int32] = []
        var start = text.lowerBound
        while start < text.upperBound {
            let end = unit == .lines ? lineEnd(start, text.upperBound) : wordEnd(start, text.upperBound)
            starts.append(Int32(start))
            numbers.append(numbering.number(start..<end, of: bytes))
            start = end
        }
        starts.append(Int32(text.upperBound))
        self.numbers.append(numbers)
        self.starts.append(starts)
    }

    private func lineEnd(_ start: Int, _ limit: Int) -> Int {
        var end = start
        while end < limit, bytes[end] != lineFeed { end += 1 }
        return min(end + 1, limit)
    }

    private func wordEnd(_ start: Int, _ limit: Int) -> Int {
        let kind = TokenizedTexts.kind(bytes[start])
        var end = start + TokenizedTexts.width(bytes[start])
        guard kind != .single else { return min(end, limit) }
        while end < limit, TokenizedTexts.kind(bytes[end]) == kind { end += TokenizedTexts.width(bytes[end]) }
        return min(end, limit)
    }

    private enum Kind { case word, space, single }

    private static func kind(_ lead: UInt8) -> Kind {
        switch lead {
        case space, tab: .space
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): .word
        // Latin, Greek, Cyrillic, Hebrew, Arabic, Indic: U+0080 to U+2FFF. Above are scripts without spaces, and emoji.
        case 0x80..<0xE3: .word
        default: .single
        }
    }

    /// Whether two bytes side by side belong to one word.
    static func joins(_ last: UInt8?, _ first: UInt8?) -> Bool {
        guard let last, let first else { return false }
        return kind(last) == .word && kind(first) == .word
    }

    /// Bytes of the character that a byte begins.
    private static func width(_ lead: UInt8) -> Int { lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}

/// Numbers of tokens, from 0 in the order in which they are met.
private struct TokenNumbers {
    /// Where each numbered token stands first, and its hash.
    private var known: [(start: Int32, end: Int32, hash: UInt64)] = []
    /// Open addressing: a number plus one, or 0.
    private var slots = [Int32](repeating: 0, count: 1024)
    /// Differs between processes, so that nobody can prepare tokens that collide. No result depends on it.
    private let factor: UInt64

    init() {
        var hasher = Hasher()
        hasher.combine(0)
        factor = UInt64(bitPattern: Int64(hasher.finalize())) | 1
    }

    var count: Int { known.count }

    mutating func number(_ token: Range<Int>, of bytes: [UInt8]) -> Int32 {
        if 2 * known.count >= slots.count { grow() }
        let hash = hash(token, bytes)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = slots[slot] - 1
            if known[Int(number)].hash == hash, isEqual(known[Int(number)], token, bytes) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        known.append((Int32(token.lowerBound), Int32(token.upperBound), hash))
        slots[slot] = Int32(known.count)
        return Int32(known.count - 1)
    }

    private func isEqual(_ first: (start: Int32, end: Int32, hash: UInt64), _ token: Range<Int>, _ bytes: [UInt8]) -> Bool {
        guard Int(first.end - first.start) == token.count else { return false }
        for offset in 0..<token.count where bytes[Int(first.start) + offset] != bytes[token.lowerBound + offset] { return false }
        return true
    }

    private func hash(_ token: Range<Int>, _ bytes: [UInt8]) -> UInt64 {
        var hash = UInt64(token.count) &* factor
        var word: UInt64 = 0
        for (offset, index) in token.enumerated() {
            word = word << 8 | UInt64(bytes[index])
            if offset & 7 == 7 { hash = mixed(hash ^ word) }
        }
        return mixed(hash ^ word)
    }

    private func mixed(_ value: UInt64) -> UInt64 {
        let product = (value ^ factor).multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: 4 * slots.count)
        for (number, token) in known.enumerated() {
            var slot = Int(truncatingIfNeeded: token.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number + 1)
        }
    }
}

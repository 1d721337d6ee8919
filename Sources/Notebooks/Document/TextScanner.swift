/// Follows the lines of a text, to tell where a line may begin a cell: not within an ordinary code fence, nor within an HTML comment.
struct TextScanner {
    private enum Place: Equatable {
        case plain
        case fence(character: UInt8, length: Int)
        case comment
    }

    private var place = Place.plain

    /// Whether the next line is outside of fences and comments.
    var isPlain: Bool { place == .plain }

    /// Goes past a line that begins no cell.
    mutating func pass(_ content: ArraySlice<UInt8>) {
        switch place {
        case .plain: open(TextScanner.unindented(content))
        case .fence(let character, let length):
            if TextScanner.closes(content, character, length) { place = .plain }
        case .comment:
            if TextScanner.endsComment(content) { place = .plain }
        }
    }

    private mutating func open(_ content: ArraySlice<UInt8>?) {
        guard let content else { return }
        if let (character, length, _) = CellHead.opening(content) {
            place = .fence(character: character, length: length)
        } else if content.starts(with: TextScanner.commentStart), !TextScanner.endsComment(content.dropFirst(TextScanner.commentStart.count)) {
            place = .comment
        }
    }

    private static let commentStart = Array("<!--".utf8)

    /// The line without an indentation of at most three spaces; nil if it is indented by more.
    private static func unindented(_ content: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let spaces = content.prefix(4).prefix { $0 == space }.count
        return spaces < 4 ? content.dropFirst(spaces) : nil
    }

    /// Whether a line closes a fence of `length` characters.
    static func closes(_ content: ArraySlice<UInt8>, _ character: UInt8, _ length: Int) -> Bool {
        guard let content = unindented(content), content.first == character else { return false }
        let run = content.prefix { $0 == character }.count
        return run >= length && content.dropFirst(run).allSatisfy { $0 == space || $0 == tab }
    }

    private static func endsComment(_ content: ArraySlice<UInt8>) -> Bool {
        var dashes = 0
        for byte in content {
            if byte == UInt8(ascii: ">"), dashes >= 2 { return true }
            dashes = byte == UInt8(ascii: "-") ? dashes + 1 : 0
        }
        return false
    }
}

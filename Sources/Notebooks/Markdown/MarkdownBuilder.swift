/// Makes a document of what the parser reports, within limits.
final class MarkdownBuilder: MarkdownSink {
    private(set) var items: [MarkdownItem] = []
    private let lifted: LiftedMarkdown
    private let options: MarkdownOptions
    /// The least number of bytes that the items take in the output.
    private var size = 0
    /// The open elements; nil for one that is left out, because it is nested too deeply or within itself.
    private var open: [MarkdownElement?] = []
    private var depth = 0
    /// The text of the code, HTML or picture that is open.
    private var collected: String?
    private var language = ""
    private var picture: (address: String?, remote: String?, title: String)?
    private var picturesWithin = 0
    private var isInLink = false
    private var isInCode = false

    init(_ lifted: LiftedMarkdown, options: MarkdownOptions) {
        self.lifted = lifted
        self.options = options
    }

    private func add(_ item: MarkdownItem, _ bytes: Int) -> Bool {
        items.append(item)
        size += bytes
        return size <= options.longestOutput
    }

    // MARK: Blocks

    func begin(_ block: MarkdownBlock) -> Bool {
        switch block {
        case .document: true
        case .rule: add(.rule, 4)
        case .code(let language, _): collect { self.language = lifted.restored(language.text) }
        case .html: collect {}
        default: element(of: block).map(push) ?? true
        }
    }

    func end(_ block: MarkdownBlock) -> Bool {
        switch block {
        case .document, .rule: true
        case .code: endCode()
        case .html: endHTML()
        default: pop()
        }
    }

    private func element(of block: MarkdownBlock) -> MarkdownElement? {
        switch block {
        case .quote: .quote
        case .paragraph: .paragraph
        case .table: .table
        case .tableHead: .tableHead
        case .tableBody: .tableBody
        case .tableRow: .tableRow
        case .tableCell(let isHead, let alignment): .tableCell(isHead: isHead, alignment: alignment)
        case .bulletList: .bulletList
        case .orderedList(let start, _): .orderedList(start: start)
        case .item(let task): .item(task.map { RenderedTask(offset: lifted.sourceOffset(of: $0.offset), isDone: $0.isDone) })
        case .heading(let level): .heading(level: level)
        case .document, .rule, .code, .html: nil
        }
    }

    private func push(_ element: MarkdownElement) -> Bool {
        depth += 1
        guard depth <= options.deepest else {
            open.append(nil)
            return true
        }
        open.append(element)
        return add(.begin(element), 7)
    }

    private func pop() -> Bool {
        guard let last = open.popLast() else { return true }
        depth -= 1
        guard let element = last else { return add(.softBreak, 1) }
        if case .link = element { isInLink = false }
        return add(.end(element), 0)
    }

    private func collect(_ also: () -> Void) -> Bool {
        collected = ""
        also()
        return true
    }

    private func endCode() -> Bool {
        let code = collected ?? ""
        collected = nil
        // A fence of the language `math` is a display formula, as on GitHub.
        if language == "math" {
            let source = code.trimmed
            return source.isEmpty || add(.formula(source, isDisplay: true), source.utf8.count)
        }
        return add(.codeBlock(language: language, code), code.utf8.count + 11)
    }

    private func endHTML() -> Bool {
        let html = collected ?? ""
        collected = nil
        let shown = Self.withoutComments(html).trimmed
        guard !shown.isEmpty else { return true }
        return add(.html(shown, isBlock: true), shown.utf8.count)
    }

    /// HTML without its comments. One that does not end is shown, so that no words vanish.
    static func withoutComments(_ html: String) -> String {
        guard html.utf8.contains(UInt8(ascii: "<")) else { return html }
        let bytes = Array(html.utf8)
        var kept: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place...].starts(with: "<!--".utf8) {
                var end = place + 4
                while end < bytes.count, !bytes[end...].starts(with: "-->".utf8) { end += 1 }
                guard end < bytes.count else { return String(decoding: kept + bytes[place...], as: UTF8.self) }
                place = end + 3
            } else {
                kept.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    // MARK: Spans

    func begin(_ span: MarkdownSpan) -> Bool {
        if case .picture(let address, let title) = span { return beginPicture(address, title) }
        guard picture == nil else { return true }
        switch span {
        case .emphasis: return push(.emphasis)
        case .strong: return push(.strong)
        case .strikethrough: return push(.strikethrough)
        case .code:
            isInCode = true
            return collect {}
        case .link(let address, let title):
            guard !isInLink else { return leaveOut() }
            guard let allowed = allowedLink(address) else { return push(.refusedLink) }
            isInLink = depth < options.deepest
            return push(.link(address: allowed, title: lifted.restored(title.text))) && spend(allowed.utf8.count)
        case .picture: return true
        }
    }

    func end(_ span: MarkdownSpan) -> Bool {
        if case .picture = span { return endPicture() }
        guard picture == nil else { return true }
        guard case .code = span else { return pop() }
        let code = collected ?? ""
        (collected, isInCode) = (nil, false)
        return add(.code(code), code.utf8.count + 13)
    }

    private func leaveOut() -> Bool {
        depth += 1
        open.append(nil)
        return true
    }

    private func spend(_ bytes: Int) -> Bool {
        size += bytes
        return size <= options.longestOutput
    }

    private func allowedLink(_ address: MarkdownAttribute) -> String? {
        guard !address.isTooLong else { return nil }
        let text = lifted.restored(address.text)
        return text.utf8.count <= options.longestAddress ? AddressPolicy.link(text) : nil
    }

    // MARK: Pictures

    private func beginPicture(_ address: MarkdownAttribute, _ title: MarkdownAttribute) -> Bool {
        // The description of a picture is its text; a picture within it is text too.
        guard picture == nil else {
            picturesWithin += 1
            return true
        }
        let text = address.isTooLong ? "" : lifted.restored(address.text)
        picture = (AddressPolicy.picture(text, options: options), allowedLink(address), lifted.restored(title.text))
        return collect {}
    }

    private func endPicture() -> Bool {
        guard picturesWithin == 0 else {
            picturesWithin -= 1
            return true
        }
        guard let shown = picture else { return true }
        let description = collected ?? ""
        (picture, collected) = (nil, nil)
        if let address = shown.address {
            return add(.picture(address: address, title: shown.title, description: description), address.utf8.count + description.utf8.count + 20)
        }
        // A picture from elsewhere would tell its host who reads the notebook: a link with its address stands for it.
        guard let remote = shown.remote else { return push(.refusedLink) && add(.text(description), description.utf8.count) && pop() }
        let words = description.isEmpty ? remote : "\(description) (\(remote))"
        guard !isInLink else { return add(.text(words), words.utf8.count) }
        return push(.link(address: remote, title: shown.title)) && add(.text(words), words.utf8.count + remote.utf8.count) && pop()
    }

    // MARK: Text

    func text(_ kind: MarkdownTextKind, _ text: () -> String, at range: Range<Int>?) -> Bool {
        switch kind {
        case .lineBreak: return collected.map { _ in gather(" ") } ?? add(.lineBreak, 4)
        case .softBreak: return collected.map { _ in gather(picture == nil ? "\n" : " ") } ?? add(.softBreak, 1)
        case .null: return gathered("\u{FFFD}") ?? add(.text("\u{FFFD}"), 3)
        case .entity:
            let character = HTMLEntity.decoded(text())
            return gathered(character) ?? word(character)
        case .code: return gathered(lifted.restored(text())) ?? true
        case .html: return html(lifted.restored(text()))
        case .normal:
            if collected != nil { return gather(lifted.restored(text())) }
            return lifted.parts(of: text()).allSatisfy { part in
                switch part {
                case .text(let text): word(text)
                case .piece(let index): piece(index)
                }
            }
        }
    }

    private func gathered(_ text: String) -> Bool? { collected == nil ? nil : gather(text) }

    private func gather(_ text: String) -> Bool {
        collected? += text
        return (collected?.utf8.count ?? 0) + size <= options.longestOutput
    }

    private func word(_ text: String) -> Bool {
        guard case .text(let before) = items.last, before.utf8.count < 256 else { return add(.text(text), text.utf8.count) }
        items[items.count - 1] = .text(before + text)
        size += text.utf8.count
        return size <= options.longestOutput
    }

    private func piece(_ index: Int) -> Bool {
        switch lifted.pieces[index].content {
        case .expression: add(.expression(index), 40)
        case .formula(let source, let isDisplay): add(.formula(source, isDisplay: isDisplay), source.utf8.count)
        }
    }

    /// Inline HTML: a line break is one, a comment is nothing, all else is shown. Within an HTML block: collected until its end.
    private func html(_ text: String) -> Bool {
        if collected != nil { return gather(text) }
        switch text.lowercased() {
        case "<br>", "<br/>", "<br />": return add(.lineBreak, 4)
        default:
            let shown = Self.withoutComments(text)
            return shown.isEmpty || add(.html(shown, isBlock: false), shown.utf8.count)
        }
    }
}

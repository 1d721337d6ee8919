/// What an operation is applied with.
struct OperationContext {
    let sequence: Int
    let author: String
    let time: String
    /// The source of a cell at a revision.
    let history: (CellID, Int) -> String?
}

extension NotebookState {
    /// Applies an operation.
    /// - Parameters:
    ///   - sequence: the operation's number, above that of the operation before it
    ///   - author: who sent it, kept with drafts and marks; `time` likewise
    ///   - history: the source of a cell after the last operation with at most the given sequence number that changed it; nil where that is no longer known
    /// - Returns: What became of it. After `refused` the state is unchanged, and the sequence number is free.
    package mutating func apply(
        _ operation: NotebookOperation, sequence: Int, author: String = "", time: String = "", history: (CellID, Int) -> String?
    ) -> OperationResult {
        guard sequence > self.sequence else { return OperationResult(.refused, reason: "the operation has number \(sequence), but number \(self.sequence) was applied before") }
        let before = self.sequence
        self.sequence = sequence
        let result = withoutActuallyEscaping(history) { history in
            perform(operation, OperationContext(sequence: sequence, author: author, time: time, history: history))
        }
        if result.outcome == .refused { self.sequence = before }
        return result
    }

    private mutating func perform(_ operation: NotebookOperation, _ context: OperationContext) -> OperationResult {
        switch operation {
        case .insert(let id, let kind, let source, let attributes, let after):
            insert(Cell(id, kind, source: source, attributes: attributes), after: after, context)
        case .delete(let id, let base): delete(id, base: base, context)
        case .move(let id, let after): move(id, after: after)
        case .edit(let id, let source, let base, let from): edit(id, source: LineEndings.normalized(source), base: base, from: from, context)
        case .configure(let id, let kind, let attributes): configure(id, kind: kind, attributes: attributes, context)
        case .retitle(let title, let base, let from): retitle(title, base: base, from: from, context)
        case .discard(let id, let draft): discard(draft, of: id)
        case .keep(let id): change(id) { $0.deleteRequest = nil }
        case .format(let id?, let layout): format(id, layout)
        case .format(nil, let layout): format(layout)
        }
    }

    // MARK: Order

    /// The slot behind a cell, deleted or not: the beginning for nil, the end for a cell that was never here.
    private func place(after id: CellID?) -> Int {
        guard let id else { return 0 }
        return index(of: id).map { $0 + 1 } ?? slots.count
    }

    private mutating func insert(_ cell: Cell, after: CellID?, _ context: OperationContext) -> OperationResult {
        if let problem = sizeProblem(cell.source, instead: self[cell.id]?.cell.source ?? "") { return .refused(cell.id, problem) }
        if let index = index(of: cell.id) {
            if case .living(let entry) = slots[index] { return insertAgain(cell, entry, at: index, context) }
        }
        guard cells.count < NotebookLimits.cells, weight + cell.weight <= NotebookLimits.contentBytes else {
            return .refused(cell.id, "a notebook has at most \(NotebookLimits.cells) cells and \(NotebookLimits.contentBytes) bytes: divide it")
        }
        if let index = index(of: cell.id) { slots.remove(at: index) }
        let entry = Entry(cell: cell, revision: context.sequence)
        slots.insert(.living(entry), at: place(after: after))
        return .done(entry)
    }

    /// An insert of an id that lives: nothing to do if it is the same cell, else the text is kept as a draft.
    private mutating func insertAgain(_ cell: Cell, _ entry: Entry, at index: Int, _ context: OperationContext) -> OperationResult {
        if sameBytes(entry.cell.source, cell.source) { return .done(entry) }
        return addDraft(cell.source, to: entry, at: index, "the id \"\(cell.id)\" is that of another cell", context)
    }

    private mutating func move(_ id: CellID, after: CellID?) -> OperationResult {
        guard let index = index(of: id), case .living(let entry) = slots[index] else { return .missing(id) }
        guard after != id else { return .done(entry) }
        let slot = slots.remove(at: index)
        slots.insert(slot, at: place(after: after))
        return .done(entry)
    }

    private mutating func delete(_ id: CellID, base: Int, _ context: OperationContext) -> OperationResult {
        guard let index = index(of: id) else { return .missing(id) }
        guard case .living(var entry) = slots[index] else { return OperationResult(.applied, cell: id) }
        // Whoever deletes has seen what goes; a draft may have come unseen.
        guard base >= entry.revision, entry.drafts.isEmpty else {
            entry.deleteRequest = DeleteRequest(author: context.author, time: context.time)
            slots[index] = .living(entry)
            let reason = entry.drafts.isEmpty ? "was edited since" : "has drafts; discard them first"
            return .done(entry, .conflict, reason: "the cell \(reason): it stays, marked as one that you wanted to delete")
        }
        let cell = entry.cell
        slots[index] = .deleted(Tombstone(id: id, kind: cell.kind, attributes: cell.attributes, revision: entry.revision, deleted: context.sequence))
        forgetOldTombstones()
        return OperationResult(.applied, cell: id)
    }

    private mutating func forgetOldTombstones() {
        let deletions = slots.compactMap { if case .deleted(let tombstone) = $0 { tombstone.deleted } else { nil } }
        guard deletions.count > NotebookLimits.deletedCells, let oldest = deletions.min() else { return }
        slots.removeAll { if case .deleted(let tombstone) = $0 { tombstone.deleted == oldest } else { false } }
    }

    // MARK: Texts

    private mutating func edit(_ id: CellID, source: String, base: Int, from: String?, _ context: OperationContext) -> OperationResult {
        if let problem = sizeProblem(source, instead: self[id]?.cell.source ?? "") { return .refused(id, problem) }
        guard let index = index(of: id) else { return .refused(id, "there is no cell \"\(id)\" in this notebook; insert it anew to keep its text") }
        guard case .living(var entry) = slots[index] else { return restore(id, at: index, source: source, base: base, from: from, context) }
        guard !sameBytes(entry.cell.source, source) else { return .done(entry) }
        let isCurrent = base >= entry.revision && from == nil
        let text = isCurrent ? source : merged(source, into: entry, from: from ?? context.history(id, base))
        guard let text, sizeProblem(text, instead: entry.cell.source) == nil else {
            return addDraft(source, to: entry, at: index, "the cell was edited at the same place since: your text is kept as a draft of it", context)
        }
        entry.cell.source = text
        entry.revision = context.sequence
        entry.deleteRequest = nil
        slots[index] = .living(entry)
        return .done(entry, sameBytes(text, source) ? .applied : .merged)
    }

    private func merged(_ source: String, into entry: Entry, from base: String?) -> String? {
        guard let base else { return nil }
        return TextMerge.merge(base: base, ours: entry.cell.source, theirs: source, by: entry.cell.kind.mergeUnit)
    }

    /// An edit of a deleted cell brings the cell back, marked, so that nothing typed is lost.
    private mutating func restore(_ id: CellID, at index: Int, source: String, base: Int, from: String?, _ context: OperationContext) -> OperationResult {
        guard case .deleted(let tombstone) = slots[index] else { return .missing(id) }
        guard cells.count < NotebookLimits.cells, weight + 100 + source.utf8.count <= NotebookLimits.contentBytes else {
            return .refused(id, "a notebook has at most \(NotebookLimits.cells) cells and \(NotebookLimits.contentBytes) bytes: divide it")
        }
        let last = context.history(id, tombstone.revision) ?? source
        var entry = Entry(cell: Cell(id, tombstone.kind, source: last, attributes: tombstone.attributes), revision: context.sequence)
        entry.deleteRequest = DeleteRequest(author: "", time: "")
        let isCurrent = base >= tombstone.revision && from == nil
        let text = isCurrent ? source : merged(source, into: entry, from: from ?? context.history(id, base))
        if let text, sizeProblem(text, instead: "") == nil { entry.cell.source = text }
        slots[index] = .living(entry)
        let reason = "the cell was deleted since: it is back, marked"
        guard let text, sizeProblem(text, instead: "") == nil else { return addDraft(source, to: entry, at: index, reason, context) }
        return .done(entry, .merged, reason: reason)
    }

    private mutating func configure(_ id: CellID, kind: CellKind?, attributes: [String: String?], _ context: OperationContext) -> OperationResult {
        guard let index = index(of: id), case .living(var entry) = slots[index] else { return .missing(id) }
        for (key, value) in attributes { entry.cell.attributes[key] = value }
        let added = entry.cell.weight - (self[id]?.cell.weight ?? 0)
        guard entry.cell.attributes.count <= NotebookLimits.attributes, added <= 0 || weight + added <= NotebookLimits.contentBytes else {
            return .refused(id, "a cell has at most \(NotebookLimits.attributes) attributes, and a notebook \(NotebookLimits.contentBytes) bytes")
        }
        if let kind, kind != entry.cell.kind {
            entry.cell.kind = kind
            // An attribute of a text may be called so too, and be no word.
            if kind != .text, let language = entry.cell.attributes["language"], !CellHead.isWord(language) { entry.cell.attributes["language"] = nil }
            entry.revision = context.sequence
        }
        slots[index] = .living(entry)
        return .done(entry)
    }

    private mutating func retitle(_ title: String, base: Int, from: String?, _ context: OperationContext) -> OperationResult {
        guard FrontMatter.isTitle(title) else { return OperationResult(.refused, reason: "a title is one line of at most \(NotebookLimits.titleBytes) bytes") }
        guard !sameBytes(title, self.title) else { return OperationResult(.applied, revision: titleRevision, source: self.title) }
        let isCurrent = base >= titleRevision && from == nil
        let text = isCurrent ? title : from.flatMap { TextMerge.merge(base: $0, ours: self.title, theirs: title, by: .words) }
        guard let text, FrontMatter.isTitle(text) else {
            guard titleDrafts.count < NotebookLimits.draftsPerCell else { return OperationResult(.refused, reason: "the title has too many drafts; discard some") }
            titleDrafts.append(Draft(id: context.sequence, source: title, author: context.author, time: context.time))
            titleRevision = context.sequence
            return OperationResult(
                .conflict, revision: titleRevision, source: self.title, draft: context.sequence,
                reason: "the title was changed since: yours is kept as a draft")
        }
        self.title = text
        titleRevision = context.sequence
        return OperationResult(sameBytes(text, title) ? .applied : .merged, revision: titleRevision, source: text)
    }

    // MARK: Drafts and marks

    private mutating func addDraft(_ source: String, to entry: Entry, at index: Int, _ reason: String, _ context: OperationContext) -> OperationResult {
        var entry = entry
        if let draft = entry.drafts.first(where: { sameBytes($0.source, source) }) { return .done(entry, .conflict, draft: draft.id, reason: reason) }
        guard entry.drafts.count < NotebookLimits.draftsPerCell else {
            return .refused(entry.cell.id, "the cell has \(entry.drafts.count) drafts; discard some, then send your text again")
        }
        entry.drafts.append(Draft(id: context.sequence, source: source, author: context.author, time: context.time))
        entry.revision = context.sequence
        slots[index] = .living(entry)
        return .done(entry, .conflict, draft: context.sequence, reason: reason)
    }

    private mutating func discard(_ draft: Int, of id: CellID?) -> OperationResult {
        guard let id else {
            titleDrafts.removeAll { $0.id == draft }
            return OperationResult(.applied, revision: titleRevision, source: title)
        }
        return change(id) { $0.drafts.removeAll { $0.id == draft } }
    }

    /// Changes a living cell without a new revision.
    private mutating func change(_ id: CellID, _ body: (inout Entry) -> Void) -> OperationResult {
        guard let index = index(of: id), case .living(var entry) = slots[index] else { return .missing(id) }
        body(&entry)
        slots[index] = .living(entry)
        return .done(entry)
    }

    private mutating func format(_ id: CellID, _ layout: CellLayout?) -> OperationResult {
        guard weight + (layout.map { $0.head.utf8.count + $0.tail.utf8.count } ?? 0) <= NotebookLimits.contentBytes else { return .refused(id, "the notebook is too long") }
        return change(id) { $0.cell.layout = layout }
    }

    private mutating func format(_ layout: CellLayout?) -> OperationResult {
        guard weight + (layout?.head.utf8.count ?? 0) <= NotebookLimits.contentBytes else { return OperationResult(.refused, reason: "the notebook is too long") }
        preamble = layout?.head
        return OperationResult(.applied)
    }

    /// Why a source is too long for its cell, or for the notebook where it takes the place of another; nil if it is not.
    private func sizeProblem(_ source: String, instead other: String) -> String? {
        let bytes = source.utf8.count
        if bytes > NotebookLimits.cellBytes { return "the cell would have \(bytes) bytes; at most \(NotebookLimits.cellBytes) are allowed: divide it" }
        // What makes a notebook shorter is always allowed.
        if bytes <= other.utf8.count { return nil }
        let total = weight - other.utf8.count + bytes
        return total > NotebookLimits.contentBytes ? "the notebook would have \(total) bytes; at most \(NotebookLimits.contentBytes) are allowed: divide it" : nil
    }

    private var weight: Int { (preamble?.utf8.count ?? 0) + cells.reduce(0) { $0 + $1.cell.weight } }
}

extension OperationResult {
    fileprivate static func done(_ entry: NotebookState.Entry, _ outcome: Outcome = .applied, draft: Int? = nil, reason: String? = nil) -> OperationResult {
        OperationResult(outcome, cell: entry.cell.id, revision: entry.revision, source: entry.cell.source, draft: draft, reason: reason)
    }

    fileprivate static func refused(_ id: CellID, _ reason: String) -> OperationResult { OperationResult(.refused, cell: id, reason: reason) }

    fileprivate static func missing(_ id: CellID) -> OperationResult { .refused(id, "there is no cell \"\(id)\" in this notebook") }
}

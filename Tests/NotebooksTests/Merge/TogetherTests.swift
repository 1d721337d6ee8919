import Canonical
import Notebooks
import Testing
import TestSupport

/// Several people in one notebook, with late, lost and repeated messages, and times without a connection: all end with the same notebook,
/// and every word that anybody typed is in a cell or in a draft, unless somebody who saw it deleted it.
@Suite("Several people in one notebook")
struct TogetherTests {
    /// What a client sends: repeated under the same counter until it is answered.
    struct Request {
        let client: Int
        let counter: Int
        let operations: [NotebookOperation]
    }

    /// The authority: applies each request once, and answers a repeated one as before.
    struct Authority {
        var book: LoggedNotebook
        private var answers: [[Int]: [OperationResult]] = [:]
        private let start: Notebook

        init(_ notebook: Notebook) {
            start = notebook
            book = LoggedNotebook(notebook)
        }

        mutating func answer(_ request: Request) throws -> [OperationResult] {
            let key = [request.client, request.counter]
            if let answer = answers[key] { return answer }
            let results = try request.operations.map { book.apply(try NotebookOperation(json: $0.json), by: "client \(request.client)") }
            answers[key] = results
            return results
        }

        /// The server is killed, and reads its snapshot again.
        mutating func restart() throws { book.state = try NotebookState(json: try JSONValue(parsing: book.state.json.canonicalText)) }

        /// The state that the log alone gives.
        func replayed() -> NotebookState {
            var copy = LoggedNotebook(start)
            for (operation, author) in book.log { _ = copy.apply(operation, by: author) }
            return copy.state
        }
    }

    /// A browser tab: what it shows, and what it has not yet saved.
    struct Client {
        /// A cell as this client has it.
        struct View {
            var text: String
            /// The text that `text` derives from, and the revision under which it is known.
            var from: String
            var base: Int
            /// Whether `from` is the source of revision `base`.
            var isRevision = true
            var drafts: [NotebookState.Draft] = []
        }

        let number: Int
        var views: [CellID: View] = [:]
        var order: [CellID] = []
        var structural: [NotebookOperation] = []
        var inFlight: Request?
        var counter = 0
        var isOnline = true

        /// Takes over the server's state, but for what this client has not saved.
        mutating func see(_ state: NotebookState) {
            guard inFlight == nil, structural.isEmpty else { return }
            order = state.cells.map(\.cell.id)
            for (id, view) in views where state[id] == nil && view.text == view.from { views[id] = nil }
            for entry in state.cells {
                let id = entry.cell.id
                if let view = views[id], view.text != view.from { continue }
                views[id] = View(text: entry.cell.source, from: entry.cell.source, base: entry.revision, drafts: entry.drafts)
            }
        }

        /// The next request: structure first, then every text that differs.
        mutating func send() -> Request? {
            if let inFlight { return inFlight }
            var operations = structural
            for (id, view) in views.sorted(by: { $0.key < $1.key }) where view.text != view.from {
                operations.append(.edit(id, source: view.text, base: view.base, from: view.isRevision ? nil : view.from))
            }
            guard !operations.isEmpty else { return nil }
            structural = []
            counter += 1
            inFlight = Request(client: number, counter: counter, operations: operations)
            return inFlight
        }

        mutating func receive(_ results: [OperationResult]) {
            guard let request = inFlight else { return }
            inFlight = nil
            for (operation, result) in zip(request.operations, results) {
                guard case .edit(let id, let sent, _, _) = operation, var view = views[id] else { continue }
                guard let source = result.source, let revision = result.revision else { continue }
                if view.text == sent {
                    view = View(text: source, from: source, base: revision)
                } else {
                    // What is shown is still the own text: the base stays the revision that was seen, so that a deletion takes nothing unseen along.
                    (view.from, view.isRevision) = (sent, false)
                }
                views[id] = view
            }
        }
    }

    struct World {
        var changes: ByteChanges
        var authority: Authority
        var clients: [Client]
        var typed: Set<String> = []
        var deleted: Set<String> = []
        var next = 0

        init(seed: UInt64) {
            changes = ByteChanges(seed: seed)
            let cells = [
                Cell(CellID("a")!, .text, source: "The quick brown fox jumps.\nOver the lazy dog."), Cell(CellID("b")!, .figure, source: "study: x\nfigure: curves"), Cell(CellID("c")!, .text, source: ""),
            ]
            authority = Authority(Notebook(title: "T", cells: cells))
            clients = (0..<2 + changes.below(3)).map { Client(number: $0) }
            for index in clients.indices { clients[index].see(authority.book.state) }
        }

        static func words(_ text: String) -> Set<String> { Set(text.split { !($0.isLetter || $0.isNumber) }.map(String.init)) }

        mutating func newWord(_ client: Int) -> String {
            next += 1
            let word = "w\(client)n\(next)"
            typed.insert(word)
            return word
        }

        /// One client types, inserts, deletes, moves, or discards something.
        mutating func act(_ number: Int) {
            guard let id = clients[number].order.isEmpty ? nil : clients[number].order[changes.below(clients[number].order.count)] else { return insert(number, after: nil) }
            switch changes.below(12) {
            case 0: insert(number, after: changes.below(4) == 0 ? nil : id)
            case 1: delete(id, number)
            case 2: clients[number].structural.append(.move(id, after: clients[number].order[changes.below(clients[number].order.count)]))
            case 3:
                guard let draft = clients[number].views[id]?.drafts.first else { return }
                deleted.formUnion(World.words(draft.source))
                clients[number].structural.append(.discard(id, draft: draft.id))
            default: type(id, number)
            }
        }

        private mutating func insert(_ number: Int, after: CellID?) {
            let word = newWord(number)
            let id = CellID("n\(word)")!
            clients[number].structural.append(.insert(id, changes.below(3) == 0 ? .sql : .text, source: word, attributes: [:], after: after))
            clients[number].views[id] = Client.View(text: word, from: word, base: 0, isRevision: false)
            clients[number].order.append(id)
        }

        private mutating func delete(_ id: CellID, _ number: Int) {
            guard let view = clients[number].views.removeValue(forKey: id) else { return }
            clients[number].order.removeAll { $0 == id }
            for text in [view.text, view.from] { deleted.formUnion(World.words(text)) }
            clients[number].structural.append(.delete(id, base: view.base))
        }

        private mutating func type(_ id: CellID, _ number: Int) {
            guard let view = clients[number].views[id] else { return }
            var words = view.text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            for _ in 0...changes.below(3) {
                let place = changes.below(words.count + 1)
                switch changes.below(5) {
                case 0 where place < words.count: deleted.formUnion(World.words(words.remove(at: place)))
                case 1 where place < words.count:
                    deleted.formUnion(World.words(words[place]))
                    words[place] = newWord(number)
                case 2: words.insert("\n" + newWord(number), at: place)
                default: words.insert(newWord(number), at: place)
                }
            }
            clients[number].views[id]?.text = words.joined(separator: " ")
        }

        /// One message: lost on its way, answered, answered with the answer lost, or sent twice.
        mutating func exchange(_ number: Int) throws {
            guard clients[number].isOnline, let request = clients[number].send() else { return }
            switch changes.below(6) {
            case 0: return
            case 1: _ = try authority.answer(request)
            case 2:
                let first = try authority.answer(request)
                #expect(try authority.answer(request) == first)
                clients[number].receive(first)
            default: clients[number].receive(try authority.answer(request))
            }
        }

        mutating func settle() throws {
            for number in clients.indices { clients[number].isOnline = true }
            for _ in 0..<6 {
                for number in clients.indices {
                    while let request = clients[number].send() { clients[number].receive(try authority.answer(request)) }
                    clients[number].see(authority.book.state)
                }
            }
        }
    }

    @Test(arguments: 0..<8)
    func nothingIsLostAndAllAgree(_ group: Int) throws {
        var conflicts = 0
        var merges = 0
        for seed in UInt64(group * 10)..<UInt64(group * 10 + 10) {
            var world = World(seed: seed)
            for _ in 0..<80 {
                let number = world.changes.below(world.clients.count)
                switch world.changes.below(10) {
                case 0: world.clients[number].isOnline.toggle()
                case 1 where world.changes.below(4) == 0: try world.authority.restart()
                case 2, 3: world.clients[number].isOnline ? world.clients[number].see(world.authority.book.state) : ()
                case 4, 5, 6: try world.exchange(number)
                default: world.act(number)
                }
            }
            try world.settle()
            let state = world.authority.book.state
            for client in world.clients {
                #expect(client.order == state.cells.map(\.cell.id), "seed \(seed): client \(client.number)")
                for entry in state.cells { #expect(client.views[entry.cell.id]?.text == entry.cell.source, "seed \(seed): client \(client.number), cell \(entry.cell.id)") }
            }
            #expect(world.authority.replayed() == state, "seed \(seed): the log gives another state")
            let kept = state.cells.flatMap { [$0.cell.source] + $0.drafts.map(\.source) }.reduce(into: Set<String>()) { $0.formUnion(World.words($1)) }
            let lost = world.typed.subtracting(kept).subtracting(world.deleted)
            #expect(lost.isEmpty, "seed \(seed) lost \(lost.sorted())")
            #expect(try Notebook(parsing: state.notebook.text) == state.notebook, "seed \(seed): the text form")
            conflicts += state.cells.reduce(0) { $0 + $1.drafts.count }
            merges += state.cells.count { $0.deleteRequest != nil }
        }
        #expect(conflicts > 0 && merges > 0, "the simulation reaches conflicts (\(conflicts)) and restored cells (\(merges))")
    }
}

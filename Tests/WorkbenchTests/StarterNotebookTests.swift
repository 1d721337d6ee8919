import Canonical
import Catalog
import Datasets
import Experiments
import Foundation
import Models
import Notebooks
import Storage
import Studies
import Testing

@testable import API
@testable import Execution
@testable import Results

/// The notebooks that come along: each is a notebook, its plan can be queued, and once it has run every cell shows something.
@Suite("Notebooks to start from")
struct StarterNotebookTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Public/starters")
    /// Its cells are experiments; it needs no plan.
    static let experiments = "how-implicit-models-learn"
    static let names = ["start-here", "are-gans-created-equal", "choosing-a-winner", "wassersteingan-revisited", "what-latents-mean"]

    private static func text(_ name: String) throws -> String { try String(contentsOf: folder.appendingPathComponent("\(name).md"), encoding: .utf8) }

    @Test func theListHasThemAll() throws {
        let list = try JSONValue(document: Array(Data(contentsOf: Self.folder.appendingPathComponent("index.json"))))
        #expect(list.arrayValue?.map { $0["name"]?.stringValue } == Self.names.dropLast() + [Self.experiments] + Self.names.suffix(1))
        for one in list.arrayValue ?? [] { #expect(try Notebook(parsing: Self.text(try #require(one["name"]?.stringValue))).title == one["title"]?.stringValue) }
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".md") }
        #expect(Set(files) == Set((Self.names + [Self.experiments]).map { $0 + ".md" }))
    }

    /// No number is copied by hand: what the texts say of results is said by expressions alone.
    @Test(arguments: names) func aStarterIsANotebook(name: String) throws {
        let text = try Self.text(name), notebook = try Notebook(parsing: text)
        #expect(notebook.text == text && notebook.cells.count >= 12)
        let kinds = Set(notebook.cells.map(\.kind))
        #expect(kinds.isSuperset(of: [.text, .plan, .figure, .runs]) || kinds.isSuperset(of: [.text, .plan, .figure, .table]), "\(kinds)")
        #expect(notebook.cells.count { $0.kind == .text && $0.source.contains("{{ ") } >= 1)
        for cell in notebook.cells where cell.kind == .text {
            let rendered = try MarkdownRenderer().render(cell.source, cell: cell.id) { RenderedValue($0.source) }
            #expect(rendered.formulas.allSatisfy { $0.problem == nil } && !rendered.html.contains("link-refused"), "\(cell.id): \(rendered.formulas.compactMap(\.problem))")
            #expect(rendered.expressions.count == cell.source.components(separatedBy: "{{ ").count - 1, "\(cell.id)")
        }
    }

    /// Every experiment cell has fields that its process takes; the process itself is tested on its own.
    @Test func experimentsCanBeAskedFor() throws {
        let notebook = try Notebook(parsing: Self.text(Self.experiments)), study = try FinishedStudy(models: ["ns-gan"])
        #expect(try notebook.text == Self.text(Self.experiments))
        let cells = notebook.cells.filter { $0.kind == .experiment }
        #expect(cells.count == 7 && notebook.cells.allSatisfy { [.text, .experiment].contains($0.kind) })
        for cell in cells {
            let request = try ExperimentRequest(ofCell: CellFields.value(of: cell.source))
            #expect(request.json["experiment"] != nil && request.json["seed"] == 0)
            #expect(try CellResolverTests.output(.experiment, cell.source, CellFields.value(of: cell.source), study).problem?.contains("when this cell is updated") == true)
        }
        for cell in notebook.cells where cell.kind == .text {
            let rendered = try MarkdownRenderer().render(cell.source, cell: cell.id) { RenderedValue($0.source) }
            #expect(rendered.formulas.allSatisfy { $0.problem == nil } && !rendered.html.contains("link-refused"), "\(cell.id): \(rendered.formulas.compactMap(\.problem))")
        }
    }

    @Test(arguments: names) func itsPlanCanBeQueued(name: String) async throws {
        let fixture = try await APIFixture()
        for plan in try Notebook(parsing: Self.text(name)).cells where plan.kind == .plan {
            let fields = try CellFields.value(of: plan.source)
            let preview = try fixture.workbench.catalog.readNow { reader in try fixture.api.preview(fields, reader) }
            let runs = Int(preview["runs"]?.integerValue ?? 0), steps = Int(preview["steps"]?.integerValue ?? 0)
            // Within minutes: the demonstration, with as many steps of larger batches, takes about three.
            #expect((4...40).contains(runs) && steps <= 12_000 && preview["exists"] == false, "\(preview.canonicalText)")
        }
        await fixture.workbench.stop()
    }

    /// Once a study of the plan's name has run, no cell has a problem, and no expression an error.
    @Test(arguments: names) func everyCellShowsSomething(name: String) throws {
        let study = try FinishedStudy(models: ["ns-gan"]), notebook = try Notebook(parsing: Self.text(name))
        for plan in notebook.cells where plan.kind == .plan { try study.add(try CellFields.value(of: plan.source), isFlawless: true) }
        for cell in notebook.cells where cell.kind != .plan {
            let output: CellOutput
            if cell.kind == .sql {
                let answer: Result<SQLAnswer, SQLProblem>
                do throws(SQLProblem) { answer = .success(try SQLQuery(cell.source).answer(from: study.storage.catalog)) } catch { answer = .failure(error) }
                output = try study.catalog.readNow { try CellResolverTests.resolver(study).output(of: cell, answer: answer, $0) }
                #expect(try answer.get().rows.count > 2, "\(cell.id)")
            } else {
                let fields = cell.kind == .text ? .object([:]) : try CellFields.value(of: cell.source)
                output = try CellResolverTests.output(cell.kind, cell.source, fields, study)
            }
            #expect(output.problem == nil && !output.html.isEmpty, "\(cell.id): \(output.problem ?? "")")
            #expect(output.expressions.allSatisfy { $0.error == nil }, "\(cell.id): \(output.expressions.compactMap(\.error))")
        }
    }

    /// Before that, the numbers say what is missing, and nothing else is wrong.
    @Test(arguments: names) func beforeItHasRunItSaysSo(name: String) throws {
        let study = try FinishedStudy(models: ["ns-gan"])
        for cell in try Notebook(parsing: Self.text(name)).cells where cell.kind == .text && cell.source.contains("{{") {
            let output = try CellResolverTests.output(.text, cell.source, .object([:]), study)
            #expect(output.expressions.allSatisfy { $0.error?.contains("there is no study") == true }, "\(cell.id): \(output.expressions.compactMap { $0.error })")
        }
    }
}

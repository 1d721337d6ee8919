import Events
import Canonical
import Catalog
import Figures
import Foundation
import GRDB
import Models
import TestSupport
import Testing

@testable import Execution
@testable import Results

/// A storage of schema 2 shows the same content as then, byte for byte (Tests/Fixtures/catalog/dump.py).
@Suite("Figures of a storage of schema 2")
struct StoredFiguresTests {
    private static let study = "2a5d45ecb1f0"

    /// The fixture as a catalog.
    private func catalog(_ name: String = "schema-2") throws -> (folder: TemporaryFolder, catalog: Catalog) {
        let folder = try TemporaryFolder("stored")
        let path = folder.path("fidelio.sqlite")
        let old = try DatabaseQueue(path: path)
        try old.writeWithoutTransaction { try $0.execute(sql: Fixtures.text("catalog/\(name).sql")) }
        try old.close()
        return (folder, try Catalog.openForWriting(at: path))
    }

    /// Removes what was added since: the last two columns of the CSV of single runs.
    private func earlier(csv: String) -> String {
        csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast(2).joined(separator: ",") + "\n" }.joined()
    }

    /// The same of JSON: `outcome` and `problem` of each run.
    private func earlier(_ json: JSONValue) -> JSONValue {
        switch json {
        case .array(let elements): .array(elements.map(earlier))
        case .object(var members):
            { () -> JSONValue in
                if members["seed"] != nil { for name in ["outcome", "problem"] { members[name] = nil } }
                return .object(members.mapValues(earlier))
            }()
        default: json
        }
    }

    private func check(_ name: String, _ text: String) { #expect(Digest.sha256(text).hex == Self.pinned[name], "\(name)") }

    @Test(arguments: ["fid", "kid", "f1"], ["schema-2", "schema-3-links"])
    func comparisonsAreTheSameBytes(metric: String, schema: String) throws {
        let (folder, catalog) = try catalog(schema)
        defer { withExtendedLifetime(folder) {} }
        let comparison = try catalog.readNow {
            try Comparison(ComparisonQuery(studies: [Self.study], metric: metric), models: ModelCatalog.schemas, $0)
        }
        // The figures of two metrics are newer than these catalogs.
        let figures = ComparisonFigure.allCases.filter { ![.consistency, .diversity, .temperature, .extractors, .normalization].contains($0) }
        for figure in figures where metric == "fid" || [.distribution, .budget, .table].contains(figure) {
            let (rendered, name) = (try comparison.figure(figure, scale: nil), "\(metric)-\(figure.rawValue)")
            let isOfRuns = figure == .distribution || figure == .beside
            if let svg = rendered.svg { check("\(name).svg", svg(FigureStyle())) }
            if let html = rendered.html { check("\(name).html", html) }
            check("\(name).csv", isOfRuns ? earlier(csv: rendered.csv) : rendered.csv)
            check("\(name).json", (isOfRuns ? earlier(rendered.json) : rendered.json).canonicalText)
        }
        try catalog.close()
    }

    /// The figure on the study's page drew collapsed runs like any other; apart from them it is unchanged.
    @Test(arguments: ["fid", "kid", "f1"])
    func theStudysFigureSaysNowWhichRunsCollapsed(metric: String) throws {
        let (folder, catalog) = try catalog()
        defer { withExtendedLifetime(folder) {} }
        let results = try catalog.readNow { try StudyResults(Self.study, metric: metric, $0) }
        let figure = results.figure(scale: nil, models: ModelCatalog.schemas)
        var before = figure
        for (model, row) in figure.models.indices.flatMap({ model in figure.models[model].runs.indices.map { (model, $0) } })
        where figure.models[model].runs[row].outcome == .collapsed { before.models[model].runs[row].outcome = .done }
        check("\(metric)-study.svg", before.svg(FigureStyle()))
        check("\(metric)-study.csv", earlier(csv: before.csv))
        check("\(metric)-study.json", earlier(before.json).canonicalText)
        check("\(metric)-results.json", earlier(results.json(models: ModelCatalog.schemas)).canonicalText)
        #expect(figure.svg(FigureStyle()).contains("(collapsed)") && figure.csv.contains(",collapsed,"))
        #expect(figure.json["models"]?[0]?["runs"]?.arrayValue?.count { $0["outcome"] == "collapsed" && $0["collapsed"] == true } == 1)
        try catalog.close()
    }

    /// The migration is the one place that reads an outcome from a message.
    @Test func outcomesOfOlderRuns() throws {
        let (folder, catalog) = try catalog()
        defer { withExtendedLifetime(folder) {} }
        let runs = try catalog.readNow { try $0.runs(ofStudy: Self.study) }
        let counts = Dictionary(grouping: runs) { "\($0.state.rawValue) \($0.outcome?.rawValue ?? "-")" }.mapValues(\.count)
        #expect(counts == ["done done": 27, "done collapsed": 1, "diverged diverged": 2, "failed timed_out": 1, "queued -": 1])
        let filter = try RunQuery(filter: "outcome in ('collapsed', 'timed_out')")
        #expect(try catalog.readNow { try $0.page(filter).runs.map(\.model) }.sorted() == ["lsgan", "mm-gan"])
        let progress = try catalog.readNow { try $0.progress(ofStudy: Self.study) }
        #expect(progress.count(.done) == 28 && progress.outcomes == [.done: 27, .collapsed: 1, .diverged: 2, .timedOut: 1])
        try catalog.close()
    }

    /// Digests from the program of schema 2.
    private static let pinned: [String: String] = [
        "fid-distribution.svg": "227d7c7de49085d82f87ac2dff425cb535a4de48e7476c812093e0ecbbe9ef6e",
        "fid-distribution.csv": "2db6c42d55617378ec94389dce044c2f5c15b214594bb26d30ff33cb16a26d00",
        "fid-distribution.json": "00e411839fcad820190eb5669d53fd878a33bb1cd50ce8552c129a4c2e80bda2",
        "fid-ecdf.svg": "b8a960d69f7be537c81e066caa6473bbc49214935ab0a0903547710e0023590e",
        "fid-ecdf.csv": "4da6d0b7bb0eaba3475dd8884e575c625bddd7a4ca4d1bb64b97cdfc6a1ca77d",
        "fid-ecdf.json": "1e68f97e2cb97eab57f4b8fe6edbbb91087fcaa5cc0c3852328a78488bb9e691",
        "fid-budget.svg": "da7214ac233d2487ba81e8da36a7ca22b98ff8fded4333c8dce7c370358447c5",
        "fid-budget.csv": "2fefb572dbb9327b087277dc06a89f0d97e75b34b8b0fc7d73f433a464d02193",
        "fid-budget.json": "3abf6844d4c3e24467a1a6a5321441679633157c52c0a26f1bc23c85be3453a6",
        "fid-sensitivity.svg": "6944d9a44106b9b39f9a710b1ea140e8b0abdf6b3b2bffb34c6e2e90bad76a88",
        "fid-sensitivity.csv": "6d2b2f1b683426b301bb9d6f098ac2aa4f7e047779c8d1650b459bc26dae6e33",
        "fid-sensitivity.json": "bb1b1fd0c9bf5992164c1c391687e77f74b7e5c3ac32297266e7e4f45584f7f2",
        "fid-table.html": "23a33418c01ff83504b4214cf74513101fc1906797d0d0e2d14d7aa06213b1fa",
        "fid-table.csv": "24d4b2b810f0a5179296eb2d2f62a8d67563d410d37fd6aa9a47e87d243e7610",
        "fid-table.json": "1ccab865702d1ed66239bd47fac15282e92dc169825e9795185d93dfc2935847",
        "fid-profile.svg": "0a21206b703fada8c9a7082430e0bffaeb253e1616058cee8fd0981bac836fbb",
        "fid-profile.csv": "dd7e5694aae083d4fc093e5c1a694b5326ae3fa56bcd51367e38545479093c3c",
        "fid-profile.json": "c0d848b1e0a75331ed3a844efd3133451fac0495d41044d34f8d0cd21f7a2555",
        "fid-improvement.svg": "c68a5e9f220c262bc5d0962edc5ba707ab44545672d4182e36b74ab4d955dd8b",
        "fid-improvement.csv": "04aa52fd5e9db2dbb181db2f4d65f155dd78bc41266658bb01fa30e9ee66aa48",
        "fid-improvement.json": "b0f290f383fac70991bfcb6def51b6e2ac9e1111420a56d308a73a7aa56e7c50",
        "fid-paired.svg": "5473da9e5b16f1d5586ada7eb2c24c1e38469de20faec834b2a9eb1bf2c98f06",
        "fid-paired.csv": "cafe421327f8cfbd7189cf17f8d6e3afaaa3903eb0b42d6158a89154c33c2ed8",
        "fid-paired.json": "74384096f3996dc7fb7a09870580a72f9881ca9f84b0ccd477eff72a51805e36",
        "fid-spread.html": "231bc24cd5b5e5615eecb698ccbf1f3e813c66fbf375b3e546708d606f98f3b0",
        "fid-spread.csv": "47b19adf5410fb06208a9e6ab310766fa3ec548f0b7103e10b6c650b2558d543",
        "fid-spread.json": "6d74882a2a4e22065f260fe53db13c7fd0ea29ee096557bda89d84d2ac519ad5",
        "fid-beside.svg": "781dd68e311bdc7510c94e7abcfbfc9e8d4f77bf5a9ad1be31b62378c01e9c9b",
        "fid-beside.csv": "2db6c42d55617378ec94389dce044c2f5c15b214594bb26d30ff33cb16a26d00",
        "fid-beside.json": "4c12842cadb5f1b3ea35680528bc3bf47958ff31e6e4dd1a847d82a8b8f79198",
        "fid-transfer.html": "3cd38978a58b2a6a4c693ef3563116091f65a9ba91e30544e2a283fa7822c32e",
        "fid-transfer.csv": "1a267790b39818cb3422db3ea3e51d080f7aaeb9038f1175639d4568422317fd",
        "fid-transfer.json": "56a6d28b7d8687142d0c124a389ccb84ac4d9d77f62af578a3d1195aa1d0a92c",
        "fid-study.svg": "dfcaa2d02722e8f2713000ec1a3a931fdff56d6d02950bd36e721d7ff6f93034",
        "fid-study.csv": "2db6c42d55617378ec94389dce044c2f5c15b214594bb26d30ff33cb16a26d00",
        "fid-study.json": "d774d8ef10dcf31d202e1740c51d787208cd37674208bfc4b0e02900f82930e4",
        "fid-results.json": "e757c5211b67c48b9ed8ca2e5e9302c44fdf0f0fa87bc97bb448146e4a53d363",
        "kid-distribution.svg": "4fd6560fd406bf858aa0f1b076e7fb540664f9495f1917f4b71cdaa56e815289",
        "kid-distribution.csv": "c7bef7844045819a694dbfe373d6770067ff6c583814a53574dae2b5360943d6",
        "kid-distribution.json": "f804feff82f7c50967a1310143e2c77bf069a3687ade89ebd52c2d95143da3cf",
        "kid-budget.svg": "5772baf8affead8f86fbf970f02f733a46b57a81ba30eb288349342593df3650",
        "kid-budget.csv": "a53f06bde563af723c8d7665dd5858a114a761011c2db06701f7d4d9ac076853",
        "kid-budget.json": "1e746f260c8cf5658e64b8f424b88e12ff9ca71f79be08eb3602b9f6578293ec",
        "kid-table.html": "044e7b7b774783183cc0902863d466856d400e7b8f2f34984ae79639a36a3816",
        "kid-table.csv": "8af7f5029e2a755aa5cea41b19bf7e89ecf86f52d3e431dac43cb9ff28fde1c6",
        "kid-table.json": "42fb9c6b45b1651ca010fb67a695bce8ec3014e0e5054b724e2b5f09eb14044d",
        "kid-study.svg": "29b40d8654aba01ae035a03c255501e9d0aac167af02906ad8c4a028ad8a24a9",
        "kid-study.csv": "c7bef7844045819a694dbfe373d6770067ff6c583814a53574dae2b5360943d6",
        "kid-study.json": "f24d41e8af71eda88bffcb285dc654697dc67c7b4074d08746b39d03b2532177",
        "kid-results.json": "f0cac006a14788afca53baa3b0d7b65749edd108d0dde9cfa0e30503f761af45",
        "f1-distribution.svg": "ff7eadb0b5767487da1a3342916c28b8596f152d4696dd0f9bd3612bb32f7df0",
        "f1-distribution.csv": "72e134d2808101775beee589294343c8be564c204d8b9fa2d78ee4b8cafbe767",
        "f1-distribution.json": "095d31178ecc3af56ed848f8ba817bed9827a137d8e6c95d4dbe56845d935ecc",
        "f1-budget.svg": "d1275c63ef12bcc974e277b4dca83345bb6c74c14120b5458538facc145d85d0",
        "f1-budget.csv": "cb56bb4c91c2f306fc125ff43bf68af2599e5431ba9fe21a492f6b78f0db315d",
        "f1-budget.json": "b9988bbd7a7e566354eedc44f8d39d2d294612b40e4e1285e3c6764c5b672504",
        "f1-table.html": "c88a3341a49af7b54a84b7a9e2a2d37f84f7dbe6046139376887fbed0703ed7a",
        "f1-table.csv": "a87f235250aacce13e07f33173483b8c66e0dd7a016f5f86cd10c49a6b2d777e",
        "f1-table.json": "9f110174b9d7955110236fe980a66811674c702fdb5b7c84ff0923fc8cae812a",
        "f1-study.svg": "47d00e20a5c72453419b0f4aa805a79a0f78561c43cd19509b2abd4082a0908f",
        "f1-study.csv": "72e134d2808101775beee589294343c8be564c204d8b9fa2d78ee4b8cafbe767",
        "f1-study.json": "6ab8113bb00fe7fa5eeee62c7c93ad74cd60ec8af0067c77945de792666318d6",
        "f1-results.json": "48748c4466c51aa3fb95e85d7c3305f6793c84a8abc141cbf88c21ca37d3eef3",
    ]
}

package import Figures
package import Canonical

/// Something shown of results, as a value: a figure, a table, a sample grid, curves, or a whole page.
///
/// A view says what is shown, of which results, under which evaluation protocol, with which options. It says nothing of how it is drawn: theme and
/// width belong to a `ViewForm`. Requests of the API, share links, parts of a report, and addresses of the page are read into views and written from
/// them; `ViewResolver` renders one. Its canonical JSON (`json`, docs/api.md) is its identity.
package struct View: Sendable, Hashable {
    /// What is shown, of which results, with which options.
    package enum Content: Sendable, Hashable {
        /// A figure or table of a comparison. Tables have no scale.
        case compared(ComparisonFigure, ComparisonQuery, scale: AxisScale? = nil)
        /// What a comparison contains: groups, counts, protocols.
        case groups(ComparisonQuery)
        /// The distribution of a metric by model, as the study's own page shows it; of the study's objective if no metric is named.
        case overview(study: String, metric: String? = nil, scale: AxisScale? = nil)
        /// Every run of a study with its values of a metric; of the study's objective if none is named.
        case results(study: String, metric: String? = nil)
        /// A sample grid of a run; the newest if no step is named.
        case grid(run: String, step: Int? = nil)
        /// A training loss of a model's settings over the steps.
        case curves(study: String, model: String, series: String)
        /// A page with everything on it: what a share link covers.
        case page(Page)
    }

    /// A whole page.
    package enum Page: Sendable, Hashable {
        case run(String)
        case study(String)
        /// What a lab has recorded, and records.
        case lab(String)
        /// - `figure`: the one that is open
        case comparison(ComparisonQuery, figure: ComparisonFigure = .distribution, scale: AxisScale? = nil)
    }

    /// What is shown.
    package var content: Content

    /// Makes a view of this content.
    package init(_ content: Content) { self.content = content }

    /// SHA-256 of the canonical JSON.
    package var digest: Digest { json.digest }

    /// Whether the view is a comparison, or a part of one.
    package var isComparison: Bool {
        switch content {
        case .compared, .groups, .page(.comparison): true
        default: false
        }
    }

    /// The lab that the view shows; nil for all others.
    package var lab: String? { if case .page(.lab(let id)) = content { id } else { nil } }

    /// Studies and runs that the view names.
    package var named: (studies: [String], runs: [String]) {
        switch content {
        case .compared(_, let query, _), .groups(let query), .page(.comparison(let query, _, _)): (query.studies, query.runs)
        case .overview(let study, _, _), .results(let study, _), .curves(let study, _, _), .page(.study(let study)): ([study], [])
        case .grid(let run, _), .page(.run(let run)): ([], [run])
        case .page(.lab): ([], [])
        }
    }
}

/// The style sheet of a report.
enum PageStyle {
    static var text: String {
        """
        :root{color-scheme:light;\(Palette.lightProperties)}
        @media (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;\(Palette.darkProperties)}}
        :root[data-theme=dark]{color-scheme:dark;\(Palette.darkProperties)}

        """ + layout + controls + tables + PlotStyle.page + print
    }

    private static let layout = #"""
        *{box-sizing:border-box}
        html{scroll-behavior:smooth}
        body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
        a{color:var(--link)}
        .skip{position:absolute;left:-999px}
        .skip:focus{left:8px;top:8px;background:var(--paper);padding:6px 10px;z-index:9}
        main,header.top,footer{max-width:1160px;margin:0 auto;padding:0 20px}
        header.top{display:flex;gap:12px;align-items:center;justify-content:space-between;padding-top:18px;padding-bottom:6px}
        h1{font-size:20px;margin:0;overflow-wrap:anywhere}
        h2{font-size:22px;margin:0 0 2px;overflow-wrap:anywhere}
        h3{font-size:16px;margin:30px 0 6px}
        p{margin:6px 0}
        .meta,.caption,.note{color:var(--soft);font-size:13.5px}
        .caption{overflow-wrap:anywhere}
        .note{max-width:100ch}
        section.table{border-top:1px solid var(--edge);margin-top:26px;padding-top:22px}
        .verdict{background:var(--panel);border-left:4px solid var(--edge);border-radius:4px;padding:14px 18px;margin:12px 0}
        .verdict.better,.verdict.cheaper{border-left-color:var(--good)}
        .verdict.tied{border-left-color:var(--link)}
        .verdict.too_few{border-left-color:var(--warn)}
        .verdict .say{font-size:19px;line-height:1.4;margin:4px 0 8px;max-width:70ch;overflow-wrap:anywhere}
        .badge{display:inline-block;font-size:12px;font-weight:600;letter-spacing:.04em;text-transform:uppercase}
        .better .badge,.cheaper .badge{color:var(--good)}
        .tied .badge{color:var(--link)}
        .too_few .badge{color:var(--warn)}
        .trust{list-style:none;padding:0;margin:6px 0 0;display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13.5px}
        .trust li{color:var(--soft)}
        .trust li b{font-weight:600;margin-right:5px;color:var(--good)}
        .trust li.bad{color:var(--ink)}
        .trust li.bad b{color:var(--warn)}
        .toc{padding:0;list-style:none;margin:8px 0}
        .toc li{margin:4px 0}
        figure{margin:12px 0}
        figure svg{display:block;width:100%;height:auto}
        figcaption{color:var(--soft);font-size:13.5px;max-width:100ch}
        svg.narrow{display:none!important}
        .warning{border-left:4px solid var(--warn);padding:4px 12px;margin:8px 0;background:var(--panel);overflow-wrap:anywhere}
        footer{color:var(--soft);font-size:13.5px;padding-top:24px;padding-bottom:40px}
        @media (max-width:620px){
        main,header.top,footer{padding-left:14px;padding-right:14px}
        svg.wide{display:none!important}
        svg.narrow{display:block!important}
        .verdict{padding:12px 14px}
        .verdict .say{font-size:17px}
        h2{font-size:19px}
        }

        """#

    private static let controls = #"""
        button,input,select{font:inherit;color:inherit}
        button,.button{background:var(--panel);border:1px solid var(--edge);border-radius:5px;padding:4px 11px;cursor:pointer;font-size:13.5px;text-decoration:none;display:inline-block}
        button:hover,.button:hover{border-color:var(--soft)}
        :focus-visible{outline:2px solid var(--link);outline-offset:2px}
        g:focus-visible{outline:1px dashed var(--link)}
        input[type=search]{background:var(--paper);border:1px solid var(--edge);border-radius:5px;padding:5px 9px;width:min(260px,100%)}
        input[type=range]{width:min(420px,100%);accent-color:var(--link)}
        .bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:8px 0}
        header.top .bar{flex-wrap:nowrap;flex:none}
        html:not(.js) .needs-js{display:none!important}
        .legend{list-style:none;padding:0;margin:6px 0;display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13.5px}
        .legend label{display:inline-flex;align-items:center;gap:6px;cursor:pointer;min-height:24px;overflow-wrap:anywhere}
        .legend svg{width:26px;height:12px;flex:none}
        html:not(.js) .legend input{display:none}
        .series{transition:opacity .12s}
        .dim .series:not(.hot){opacity:.18}
        .tip{position:fixed;z-index:20;pointer-events:none;background:var(--ink);color:var(--paper);font-size:13px;line-height:1.4;padding:6px 10px;border-radius:5px;max-width:min(320px,90vw)}
        .bill output{font-weight:600}
        .bill ol{margin:8px 0;padding-left:26px}
        .bar label{display:inline-flex;align-items:center;gap:6px;flex-wrap:wrap}
        .pairs select{max-width:min(300px,86vw);background:var(--paper);border:1px solid var(--edge);border-radius:5px;padding:4px 6px}
        .pairs ul{margin:6px 0;padding-left:22px}
        .pairs li{overflow-wrap:anywhere}
        .routing{margin-top:22px}
        td.shares{min-width:20ch;max-width:40ch;overflow-wrap:anywhere}
        .bill li{margin:3px 0;overflow-wrap:anywhere}
        .bill li span{color:var(--soft);font-size:13.5px}
        .quiet{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}

        """#

    private static let tables = #"""
        .scroll{overflow-x:auto;max-width:100%}
        table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
        table.rows{width:100%}
        th,td{padding:5px 8px;text-align:left;border-bottom:1px solid var(--faint);vertical-align:baseline}
        th{font-weight:600;white-space:nowrap;border-bottom-color:var(--edge)}
        td.n,th.n{text-align:right;white-space:nowrap}
        td small{display:block;color:var(--soft);font-size:11.5px;line-height:1.25;font-weight:400}
        th button{background:none;border:0;padding:0;font-weight:600;font-size:13.5px;border-radius:2px}
        th[aria-sort] button::after{content:" \2195";color:var(--soft);font-weight:400}
        th[aria-sort=ascending] button::after{content:" \25B2";color:var(--ink)}
        th[aria-sort=descending] button::after{content:" \25BC";color:var(--ink)}
        html:not(.js) th button{pointer-events:none}
        html:not(.js) th button::after{content:""!important}
        tr.named td{background:var(--panel);font-weight:600}
        tr.named td small{font-weight:400}
        tr.reference td,tr.bound td{color:var(--soft)}
        tr:target td,tr.target td{outline:2px solid var(--link);outline-offset:-2px}
        td.router{min-width:15ch;max-width:44ch;overflow-wrap:anywhere}
        table.heat td.n{min-width:84px}
        .h0{background:#a6461d;color:#fff}.h1{background:#dd8452;color:#000}.h2{background:#f6cfae;color:#000}
        .h3{background:#ececec;color:#000}.h4{background:#bcd9ee;color:#000}.h5{background:#5fa8d6;color:#000}.h6{background:#0b5a94;color:#fff}
        table.heat .h0 small,table.heat .h1 small,table.heat .h2 small,table.heat .h3 small,table.heat .h4 small,table.heat .h5 small,table.heat .h6 small{color:inherit}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;font-size:13.5px;margin:8px 0}
        dt{color:var(--soft)}
        dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12.5px}
        details summary{cursor:pointer;font-weight:600}
        @media (max-width:620px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}}

        """#

    private static let print = #"""
        @media print{
        :root,:root[data-theme=dark]{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--faint:#ddd;--panel:#fff;--edge:#999}
        .needs-js,.skip,.legend input{display:none!important}
        main,header.top,footer{max-width:none;padding:0}
        section.table{break-before:page}
        section.table:first-of-type{break-before:auto}
        figure,.verdict,tr{break-inside:avoid}
        .scroll{overflow:visible}
        details::details-content{content-visibility:visible;block-size:auto}
        table{font-size:11px}
        th,td{padding:3px 6px}
        }

        """#
}

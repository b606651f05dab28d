import Report

/// The style sheet of the dashboard, in the colours of reports.
enum DashboardStyle {
    static let text =
        ":root{color-scheme:light;\(Palette.lightProperties);--blank:#fff;--bad:#111}\n"
        + "@media (prefers-color-scheme:dark){:root{color-scheme:dark;\(Palette.darkProperties);--blank:#20262c;--bad:#fff}}\n"
        + layout + parts

    private static let layout = #"""
        *{box-sizing:border-box}
        body{margin:0;background:var(--panel);color:var(--ink);font:15px/1.45 system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
        a{color:var(--link)}
        .skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--paper);padding:6px 10px;z-index:9}
        header,main,footer{max-width:1240px;margin:0 auto;padding:0 20px}
        header{display:flex;align-items:baseline;gap:14px;padding-top:18px;padding-bottom:10px}
        h1{font-size:20px;margin:0}
        h2{font-size:15px;margin:0 0 8px;font-weight:600}
        h3{font-size:14px;margin:14px 0 4px;font-weight:600;overflow-wrap:anywhere}
        p{margin:4px 0}
        #where{color:var(--soft);font-size:13.5px;overflow-wrap:anywhere;flex:1;min-width:0}
        .pulse{font-size:13px;font-weight:600;white-space:nowrap}
        .pulse::before{content:"";display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:7px;background:var(--soft)}
        .pulse.live{color:var(--good)}.pulse.live::before{background:var(--good)}
        .pulse.lost{color:var(--warn)}.pulse.lost::before{background:var(--warn)}
        .card{background:var(--paper);border:1px solid var(--faint);border-radius:8px;padding:14px 16px;margin:0 0 14px;min-width:0}
        .pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:14px}
        .pair .card{margin:0 0 14px}
        .note,.none{color:var(--soft);font-size:13px}
        :focus-visible{outline:2px solid var(--link);outline-offset:2px}
        button,input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--edge);border-radius:5px;padding:4px 10px}
        button{cursor:pointer}
        #gate label{display:block;font-weight:600;margin-bottom:4px}
        footer{color:var(--soft);font-size:13px;padding-bottom:30px}
        @media (max-width:820px){.pair{grid-template-columns:minmax(0,1fr);gap:0}}
        @media (max-width:560px){header,main,footer{padding-left:12px;padding-right:12px}header{flex-wrap:wrap;gap:4px 12px}
        #where{order:3;flex-basis:100%}.card{padding:12px}}

        """#

    private static let parts = #"""
        .run{margin:0 0 14px}
        .run .head{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 12px}
        .run .name{font-weight:600;font-size:16px;overflow-wrap:anywhere}
        .run .state{font-size:12px;font-weight:600;letter-spacing:.04em;text-transform:uppercase;color:var(--soft)}
        .run .state.active{color:var(--link)}.run .state.finished{color:var(--good)}
        .run .state.stopped,.run .state.cancelled,.run .state.paused{color:var(--warn)}
        .run .share{margin-left:auto;font-size:20px;font-weight:600;font-variant-numeric:tabular-nums}
        .bar{display:flex;height:14px;border-radius:4px;overflow:hidden;background:var(--faint);margin:6px 0}
        .bar i{display:block;height:100%;min-width:0}
        .bar .done{background:var(--c2)}.bar .leased{background:var(--c0)}.bar .again{background:var(--c4)}.bar .failed{background:var(--bad)}
                .facts{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13.5px;color:var(--soft);font-variant-numeric:tabular-nums}
        .facts b{color:var(--ink);font-weight:600}
        .facts .key::before{content:"";display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:6px;background:var(--faint)}
        .facts .done::before{background:var(--c2)}.facts .leased::before{background:var(--c0)}.facts .again::before{background:var(--c4)}
        .facts .failed::before{background:var(--bad);outline:1px solid var(--soft)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:10px;margin:0 0 14px}
        .tiles div{background:var(--paper);border:1px solid var(--faint);border-radius:8px;padding:10px 14px}
        .tiles dt{color:var(--soft);font-size:12.5px}
        .tiles dd{margin:0;font-size:21px;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.25}
        .tiles dd small{font-size:12.5px;font-weight:400;color:var(--soft)}
        .scroll{overflow-x:auto;max-width:100%}
        table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
        th,td{padding:4px 10px 4px 0;text-align:left;border-bottom:1px solid var(--faint);vertical-align:baseline}
        th{color:var(--soft);font-weight:600;font-size:12.5px;white-space:nowrap;border-bottom-color:var(--edge)}
        td.n,th.n{text-align:right;white-space:nowrap}
        tr:last-child td{border-bottom:0}
        td.long{overflow-wrap:anywhere;min-width:14ch}
        tr.quiet td{color:var(--soft)}
        details{margin:0}summary{cursor:pointer;color:var(--link);font-size:13px}
        pre{margin:6px 0 2px;padding:8px 10px;background:var(--panel);border-radius:5px;font:12px/1.4 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:220px;overflow:auto}
        svg{display:block;width:100%;height:auto}
        svg text{fill:var(--soft);font-size:11px}
        .grid{stroke:var(--faint)}.axis{stroke:var(--edge)}
        .spark{fill:none;stroke:var(--c0);stroke-width:1.6;stroke-linejoin:round}
        .area{fill:var(--c0);opacity:.12}
        .lanes{display:grid;grid-template-columns:minmax(0,max-content) minmax(0,1fr) minmax(0,max-content);gap:3px 10px;align-items:center;font-size:12.5px}
        .lanes .who{max-width:22ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .lanes .what{color:var(--soft);max-width:24ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .lanes canvas{width:100%;height:16px;display:block;border:1px solid var(--faint);border-radius:2px}
        .legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:12.5px;margin:8px 0 0;padding:0;list-style:none;color:var(--soft)}
        .legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
        .c0{background:var(--c0)}.c1{background:var(--c1)}.c2{background:var(--c2)}.c3{background:var(--c3)}
        .c4{background:var(--c4)}.c5{background:var(--c5)}.c6{background:var(--c6)}.c7{background:var(--c7)}
        .front{fill:none;stroke:var(--ink);stroke-width:1.4;stroke-dasharray:5 3}
        .pt{stroke:var(--paper);stroke-width:.6}.pt.router{fill:var(--c0)}.pt.single,.pt.reference{fill:var(--soft)}.pt.bound{fill:var(--c4)}
        .curve{fill:none;stroke:var(--c0);stroke-width:1.2;opacity:.45}.curve.bound{stroke:var(--c4);stroke-dasharray:4 3}.curve.reference{stroke:var(--soft)}
        .above{margin:22px 2px 10px}.above h2{font-size:17px}
        .split{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,4fr);gap:18px;align-items:start}
        @media (max-width:820px){.split{grid-template-columns:minmax(0,1fr)}}
        @media (max-width:560px){.lanes .what{display:none}.lanes{grid-template-columns:minmax(0,max-content) minmax(0,1fr)}
        .lanes .who{max-width:12ch}th,td{padding-right:6px}td.long{min-width:0}table{font-size:12.5px}.tiles{grid-template-columns:1fr 1fr}.run .share{font-size:18px}}
        .tip{position:fixed;z-index:20;pointer-events:none;background:var(--ink);color:var(--paper);font-size:12.5px;padding:4px 9px;border-radius:5px;max-width:300px}

        """#
}

"""The same two cases as other tools write them: ProM (OpenXES), Disco, pm4py, Celonis-like exports."""

EXTENSIONS = """<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>"""

# No default namespace; defaults named __INVALID__; attributes inside attributes; the trace's name behind its events.
PROM = f"""<?xml version="1.0" encoding="UTF-8" ?>
<!-- This file has been generated with the OpenXES library. -->
<log xes.version="1.0" xes.features="nested-attributes" openxes.version="1.0RC7">
{EXTENSIONS}
<global scope="trace"><string key="concept:name" value="__INVALID__"/></global>
<global scope="event"><string key="concept:name" value="__INVALID__"/>
<date key="time:timestamp" value="1970-01-01T01:00:00.000+01:00"/></global>
<classifier name="MXML Legacy Classifier" keys="concept:name lifecycle:transition"/>
<string key="source" value="CPN Tools"><string key="concept:name" value="inside"/></string>
<trace>
 <event><string key="org:resource" value="窗口"/>
  <date key="time:timestamp" value="2020-05-18T03:00:00.000+02:00"/>
  <string key="concept:name" value="受理"><string key="concept:name" value="inside"/>
   <date key="time:timestamp" value="1999-01-01T00:00:00.000+02:00"/></string>
  <string key="lifecycle:transition" value="complete"/></event>
 <event><string key="concept:name" value="发证"/><string key="lifecycle:transition" value="complete"/>
  <date key="time:timestamp" value="2020-05-20T03:30:00.000+02:00"/></event>
 <string key="concept:name" value="甲"/>
</trace>
<trace><string key="concept:name" value="乙"/><string key="description" value="instance"/>
 <event><string key="concept:name" value="受理"/><string key="lifecycle:transition" value="COMPLETE"/>
  <date key="time:timestamp" value="2020-05-19T02:00:00.000+01:00"/></event></trace>
</log>
"""
# Its own old namespace, no classifier, columns of the source beside the standard keys.
DISCO = f"""<?xml version="1.0" encoding="UTF-8" ?>
<log xes.version="1.0" xmlns="http://code.deckfour.org/xes" xes.creator="Fluxicon Disco">
{EXTENSIONS}
<trace><string key="concept:name" value="甲"/><string key="variant" value="Variant 1"/>
<event><string key="concept:name" value="受理"/><string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="2020-05-18T09:00:00.000+08:00"/><string key="Activity" value="受理"/></event>
<event><string key="concept:name" value="发证"/><string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="2020-05-20T09:30:00.000+08:00"/></event></trace>
<trace><string key="concept:name" value="乙"/>
<event><string key="concept:name" value="受理"/><string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="2020-05-19T09:00:00.000+08:00"/></event></trace>
</log>
"""
# A prefix for the namespace; UTC as Z and with microseconds; a list and a container; no life cycle; no extension.
PREFIXED = """<?xml version='1.0' encoding='utf-8'?>
<xes:log xmlns:xes="http://www.xes-standard.org/" xes.version="1849-2016">
<xes:trace><xes:string key="concept:name" value="甲"/>
<xes:list key="attachments"><xes:values><xes:string key="concept:name" value="申请表"/></xes:values></xes:list>
<xes:event><xes:date key="time:timestamp" value="2020-05-18T01:00:00Z"/>
<xes:string key="concept:name" value="受理"/><xes:boolean key="urgent" value="true"/></xes:event>
<xes:event><xes:date key="time:timestamp" value="2020-05-20T01:30:00.000000+00:00"/>
<xes:container key="cost"><xes:float key="total" value="1.5"/></xes:container>
<xes:string key="concept:name" value="发证"/></xes:event></xes:trace>
<xes:trace><xes:id key="identity:id" value="8c6b6a4e-0000-4000-8000-000000000000"/>
<xes:string key="concept:name" value="乙"/>
<xes:event><xes:string key="concept:name" value="受理"/>
<xes:date key="time:timestamp" value="2020-05-19T01:00:00Z"/></xes:event></xes:trace>
</xes:log>
"""
# No zone at all: the office's own clock; a case without name; numbers as names; a trace without events.
BARE = """<log>
<trace><event><string key="concept:name" value="受理"/><date key="time:timestamp" value="2020-05-18T09:00:00"/></event>
<event><string key="concept:name" value="发证"/><date key="time:timestamp" value="2020-05-20 09:30:00"/></event></trace>
<trace><int key="concept:name" value="17"/></trace>
<trace><int key="concept:name" value="18"/><event><string key="concept:name" value="受理"/>
<date key="time:timestamp" value="2020-05-19T09:00:00.000"/></event></trace>
</log>
"""
ALL = {"ProM": PROM, "Disco": DISCO, "prefixed": PREFIXED, "bare": BARE}

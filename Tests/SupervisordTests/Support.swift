@testable import Supervisord

/// What an answer is taken for.
func answer(_ document: String) throws(XMLRPCMistake) -> XMLRPCAnswer { try XMLRPCAnswer(Array(document.utf8)) }

/// A `methodResponse` with that `value` element.
func response(_ value: String) -> String {
    "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n\(value)\n</param>\n</params>\n</methodResponse>\n"
}

/// Of a supervisord 4.2.5, but for one process of three.
let allProcesses = """
    <?xml version='1.0'?>
    <methodResponse>
    <params>
    <param>
    <value><array><data>
    <value><struct>
    <member>
    <name>name</name>
    <value><string>web</string></value>
    </member>
    <member>
    <name>group</name>
    <value><string>site</string></value>
    </member>
    <member>
    <name>start</name>
    <value><int>1764238954</int></value>
    </member>
    <member>
    <name>stop</name>
    <value><int>0</int></value>
    </member>
    <member>
    <name>now</name>
    <value><int>1764238960</int></value>
    </member>
    <member>
    <name>state</name>
    <value><int>20</int></value>
    </member>
    <member>
    <name>statename</name>
    <value><string>RUNNING</string></value>
    </member>
    <member>
    <name>spawnerr</name>
    <value><string></string></value>
    </member>
    <member>
    <name>pid</name>
    <value><int>4171</int></value>
    </member>
    </struct></value>
    <value><struct>
    <member><name>name</name><value>cache &amp; more</value></member>
    <member><name>group</name><value><string>cache &#38; more</string></value></member>
    <member><name>start</name><value><i4>0</i4></value></member>
    <member><name>now</name><value><int> 1764238960 </int></value></member>
    <member><name>state</name><value><int>77</int></value></member>
    <member><name>pid</name><value><int>0</int></value></member>
    </struct></value>
    </data></array></value>
    </param>
    </params>
    </methodResponse>

    """

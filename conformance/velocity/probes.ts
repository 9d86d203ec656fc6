/** Small templates, each of which asks one thing of the language. */
export const PROBES: readonly string[] = [
  ...[
    '$x',
    '$!x',
    '$!{x}',
    '\\$x',
    '\\\\$x',
    '$input.foo',
    `$!input.path('$.no')`,
    `$input.path('$.no')`,
    `$input.path('$.a')`,
  ],
  ...[
    `$input.path('$.o')`,
    `$input.path('$.l')`,
    `$input.path('$.n')`,
    `$input.path('$.o').k`,
    `$input.path('$.o.k')`,
  ],
  ...[
    '#set($a = 1)$a',
    `#set($a = "x$input.path('$.s')y")$a`,
    `#set($a = 'x$input')$a`,
    '#set($a = {"k": "v"})$a.k $a.get("k") $a["k"] $a',
  ],
  ...[
    '#set($a = [1,2,3])$a $a[0] $a.size() $a.get(1)',
    '#set($a=[1..3])$a',
    '#set($a="q""q")$a',
    `#set($a='q''q')$a`,
  ],
  ...[
    '#set($a = 5)#set($b = 2)#set($c = $a / $b)$c #set($c = $a % $b)$c #set($c = $a - $b)$c #set($c=$a * $b)$c',
  ],
  ...[
    '#set($m = {})#set($m.a = 1)$m',
    '#set($m = {})#set($m["a"] = 1)$m',
    '#set($l = [])#set($q = $l.add("x"))$l $q',
    '#set($m={})$m.put("a","b")$m',
  ],
  ...[
    `#set($x = $input.path('$.no'))[$!x]`,
    `#set($x = "old")#set($x = $input.path('$.no'))[$!x]`,
    `#set($x = "old")#set($x = $input.path('$.n'))[$!x]`,
  ],
  ...[
    '#if($x)y#else n#end',
    '#if(!$x)y#end',
    `#if($input.path('$.n'))y#else n#end`,
    `#if($input.path('$.z') == 0)y#end`,
    '#if("" == $x)y#else n#end',
  ],
  ...[
    '#if(1 == "1")y#else n#end',
    `#if($input.path('$.z') == 0 && true)y#end`,
    '#if("")y#else n#end',
    '#if(0)y#else n#end',
    '#if("x")y#else n#end',
  ],
  ...[
    `#if ( $input.path('$.s') == "it's" )y#end`,
    `#if( $input.path('$.t') && !$input.path('$.f') || false )y#end`,
    `#if($input.path('$.z') > -1)y#end`,
  ],
  ...[
    `#if($input.path('$.s') != $null)y#else n#end`,
    '#if($a && $b)y#elseif(true)e#else n#end',
    '#if(true)x#{else}y#end',
    '#{if}(true)x#{else}y#{end}',
  ],
  ...[
    `#foreach($i in $input.path('$.l'))$i,$foreach.index,$foreach.hasNext;#end`,
    '#foreach($i in [])x#end',
    '#foreach($i in [1..3])#if($i == 2)#break#end$i#end',
  ],
  ...[
    `#foreach($k in $input.path('$.o').keySet())$k=$input.path('$.o').get($k);#end`,
    `#foreach($e in $input.path('$.o').entrySet())$e.key:$e.value#end`,
  ],
  ...[
    '#set($s = "a,b,c")$s.split(",") $s.length() $s.substring(1) $s.toUpperCase() $s.indexOf("b") $s.replace("a","z")',
  ],
  ...[
    '#set($s = "a,b,c")$s.replaceAll("[ab]","$0") $s.contains("b") $s.startsWith("a") $s.equals("x") $s.trim() $s.isEmpty()',
  ],
  ...[
    `#set($s = $input.path('$.s'))$s.length()`,
    `$input.path('$.l').size()`,
    `$input.path('$.o').containsKey('k')`,
    '$a.b.c',
  ],
  ...[
    'a ## c\nb',
    'a #* c *# b',
    '#[[ $x #if ]]#',
    '"quoted $!x"',
    '#define($b)hello#end$b',
    '#set($a = 1)\n#set($a = $a + 1)\n  #if($a > 1) yes #end\nx',
  ],
  ...[
    '  #set($a = 1)  \ny',
    '\\#if',
    '\\#set($a=1)',
    '#ifx',
    '#set ($a = 3)$a',
    '\\\\\\$x',
    '$',
    '$$',
    '#',
    '"\\""',
    '#set($a = "\\"")$a',
  ],
  ...[
    `$util.escapeJavaScript("it's ""q"" / é")`,
    '$util.urlEncode("a b&é/")',
    '$util.base64Encode("é")',
    `$util.parseJson('{"a":1}').a`,
  ],
  ...[
    `$util.parseJson('{"a":[1,{"b":null}]}')`,
    `$input.json('$.o')`,
    `$input.json('$.no')`,
    `$input.json('$.s')`,
    `$input.json('$.l[0]')`,
    '$input.body',
  ],
  ...[
    `$input.params('q')`,
    '$input.params().header',
    `$input.params().header.get('idempotency-key')`,
    '$context.requestId',
    '$context.foo',
    '$!context.foo',
  ],
  ...[
    `#set($context.responseOverride.status = 201)`,
    `#set($context.responseOverride.header.Location = "/x")`,
  ],
];

export const PROBE_BODY =
  `{"a":1,"s":"it's","z":0,"n":null,"t":true,"f":false,"o":{"k":"v","l":[1,"x",null],"m":{"é":"\\"/"}},` +
  `"l":[1,"two",{"x":"y"}],"big":12345678901234567890,"dec":1.50}`;

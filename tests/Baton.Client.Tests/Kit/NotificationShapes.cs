namespace Baton.Client.Tests.Kit;

/// <summary>Every shape of notification that servers and their doubles are known to send, and malformed ones; none names a place that exists.</summary>
internal static class NotificationShapes
{
    public static IReadOnlyList<string> All =>
    [
        .. Openers, .. Closers, .. Slots, .. Malformed,
    ];

    private static string[] Openers =>
    [
        ">4\r\n$6\r\nMOVING\r\n:100\r\n:86400\r\n_\r\n",
        ">4\r\n+MOVING\r\n:101\r\n:86400\r\n$4\r\nnull\r\n",
        ">4\r\n$6\r\nmoving\r\n$3\r\n102\r\n$5\r\n86400\r\n$1\r\n?\r\n",
        ">3\r\n$6\r\nMOVING\r\n:103\r\n:86400\r\n",
        ">5\r\n$6\r\nMOVING\r\n:104\r\n:86400\r\n$6\r\n?:7002\r\n*2\r\n:1\r\n:2\r\n",
        ">4\r\n$9\r\nMIGRATING\r\n:6\r\n:2\r\n$10\r\n[\"2\", \"4\"]\r\n",
        ">4\r\n$9\r\nMIGRATING\r\n:8\r\n:-2\r\n+[2,4]\r\n",
        ">3\r\n$9\r\nMIGRATING\r\n:9\r\n:10\r\n",
        ">3\r\n$9\r\nMIGRATING\r\n:10\r\n$4\r\n1000\r\n",
        ">4\r\n$12\r\nFAILING_OVER\r\n:0\r\n:2\r\n$6\r\n[\"21\"]\r\n",
        ">2\r\n$12\r\nFAILING_OVER\r\n:11\r\n",
    ];

    private static string[] Closers =>
    [
        ">3\r\n$8\r\nMIGRATED\r\n:7\r\n$10\r\n[\"2\", \"4\"]\r\n",
        ">2\r\n$8\r\nMIGRATED\r\n:12\r\n",
        ">1\r\n$8\r\nMIGRATED\r\n",
        ">3\r\n$11\r\nFAILED_OVER\r\n:1\r\n$6\r\n[\"21\"]\r\n",
    ];

    private static string[] Slots =>
    [
        Frames.SlotsMigrating(16, "123,456,5000-7000"),
        ">4\r\n$10\r\nSMIGRATING\r\n:17\r\n$3\r\n123\r\n$9\r\n5000-7000\r\n",
        Frames.SlotsMigrated(19),
        ">3\r\n$9\r\nSMIGRATED\r\n:20\r\n*1\r\n*2\r\n$14\r\n127.0.0.1:6379\r\n$3\r\n123\r\n",
        ">5\r\n$9\r\nSMIGRATED\r\n:21\r\n$1\r\na\r\n$1\r\nb\r\n$3\r\n1-2\r\n",
        ">3\r\n$9\r\nSMIGRATED\r\n:22\r\n*0\r\n",
    ];

    private static string[] Malformed =>
    [
        ">4\r\n$6\r\nMOVING\r\n:-1\r\n:15\r\n_\r\n",
        ">4\r\n$6\r\nMOVING\r\n+x\r\n:15\r\n_\r\n",
        ">4\r\n$6\r\nMOVING\r\n:1\r\n#t\r\n_\r\n",
        ">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n$4\r\nhost\r\n",
        ">4\r\n$6\r\nMOVING\r\n:1\r\n:15\r\n:7\r\n",
        ">1\r\n:5\r\n",
        ">0\r\n",
        ">2\r\n$7\r\nSMOVING\r\n:1\r\n",
        ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n",
    ];
}

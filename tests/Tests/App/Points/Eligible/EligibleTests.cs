using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using MyKey.App.Eligible;
using MyKey.Kernel.Db;
using MyKey.Tests.App.GrantBatches;
using MyKey.Tests.App.Grants;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Eligible;

/// <summary>Goal: the municipality says who may get something, by a list or by looking at a proof, and no birthday is stored (S4-04).</summary>
public class EligibleTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_04_only_who_is_on_the_list_gets_something_alone_or_by_file(Engine engine)
    {
        await using var office = await GrantOffice.Open(engine);
        Assert.Equal("list_not_used", await GrantOffice.Code(await Send(office, "マイキーID\nMY123456\n")));
        await office.Begin(GrantOffice.Rules(eligibility: "list"));
        await office.Town.Issue("AB123456", 2);
        Assert.Equal("not_eligible", await GrantOffice.Code(await office.Post(office.Request(100))));
        Assert.Equal("field_unknown", await GrantOffice.Code(await Send(office, "マイキーID,生年月日\nMY123456,1950-01-01\n")));

        var list = (await (await Send(office, "マイキーID\nmy123456\nMY12345\nZZ999999\n")).Content.ReadFromJsonAsync<EligibleReply>())!;
        Assert.Equal(("stored", 3, 1), (list.State, list.Lines, list.Good));
        Assert.Equal([(3, "id_format"), (4, "mykey_unknown")], (await office.Officer.GetFromJsonAsync<List<EligibleFaultReply>>($"{Path(office)}/{list.Id}/faults"))!.Select(f => (f.Line, f.Code)));
        Assert.Equal("not_eligible", await GrantOffice.Code(await office.Post(office.Request(100))));
        for (var click = 0; click < 2; click++) Assert.Equal(HttpStatusCode.OK, (await Apply(office, list, replace: false)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(100))).StatusCode);

        var stored = await office.Store("マイキーID,ポイント,行事\nMY123456,100,春\nAB123456,100,春\n");
        Assert.Equal([(3, "not_eligible")], (await office.Refused(stored)).Select(r => (r.Line, r.Code)));
        var other = (await (await Send(office, "マイキーID\nAB123456\n")).Content.ReadFromJsonAsync<EligibleReply>())!;
        await Apply(office, other, replace: true);
        Assert.Equal("form_expired", await GrantOffice.Code(await Apply(office, list, replace: false)));
        Assert.Equal(1, (await office.Officer.GetFromJsonAsync<EligibleListsReply>(Path(office)))!.Persons);
        // The list changed after the file was read: it is looked at once more before each line is posted.
        await office.Officer.Do("commit", stored);
        Assert.Equal((0, 2), await office.Done(stored) is var done ? (done.Posted, done.Refused) : default);
        Assert.Equal((2_900, 9_900), (await office.Usable(), await office.Rest()));
    }

    [Fact]
    public async Task S4_04_where_a_proof_is_asked_for_the_officer_confirms_it()
    {
        await using var office = await GrantOffice.Open();
        await office.Begin(GrantOffice.Rules(eligibility: "proof"));
        Assert.Equal("proof_required", await GrantOffice.Code(await office.Post(office.Request(100))));
        Assert.Equal(HttpStatusCode.Created, (await office.Post(office.Request(100) with { Proven = true })).StatusCode);
        const string File = "マイキーID,ポイント,行事\nMY123456,100,春\n";
        Assert.Equal("proof_required", await GrantOffice.Code(await office.Send(Encoding.UTF8.GetBytes(File))));
        Assert.Equal(1, (await office.Store(File, "&proven=true")).Good);
    }

    private static string Path(GrantOffice office) => $"/api/v1/office/programmes/{office.Programme}/eligible";

    private static async Task<HttpResponseMessage> Send(GrantOffice office, string file)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(file)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        return await office.Officer.PostAsync(Path(office), content);
    }

    private static Task<HttpResponseMessage> Apply(GrantOffice office, EligibleReply list, bool replace) =>
        office.Officer.PostAsJsonAsync($"{Path(office)}/{list.Id}/apply", new EligibleRequest(replace));
}

#include "app/demo_data.hpp"

namespace chatmesh::app::demo {

namespace {

constexpr colleague colleague_list[] = {
    {"mira", "Mira Holt", "Founder", "+49 30 23125 101", "owner"},
    {"jonas", "Jonas Lindqvist", "Head of Support", "+49 30 23125 102", "admin"},
    {"amara", "Amara Okafor", "Customer Support", "+49 30 23125 103", "agent"},
    {"kenji", "Kenji Watanabe", "Workshop Lead", "+49 30 23125 104", "agent"},
    {"lucia", "Lucía Romero", "Customer Support", "+49 30 23125 105", "agent"},
    {"oskar", "Oskar Brandt", "Field Service", "+49 30 23125 106", "agent"},
    {"priya", "Priya Raman", "Fleet Sales", "+49 30 23125 107", "agent"},
    {"samuel", "Samuel Adjei", "Operations", "+49 30 23125 108", "admin"},
    {"elif", "Elif Demir", "Warranty", "+49 30 23125 109", "agent"},
    {"tomas", "Tomáš Novák", "Parts & Logistics", "+49 30 23125 110", "agent"},
    {"noor", "Noor Haddad", "Customer Support", "+49 30 23125 111", "agent"},
    {"hannah", "Hannah Byrne", "Product", "+49 30 23125 112", "agent", false},
};

constexpr client client_list[] = {
    {"Ines Carvalho", "ines@example.com", "+351 900 000 114", "", "open", R"(["cargo","warranty"])",
     R"({"model":"Skerry 7","frame_no":"FJ-70412","city":"Porto"})", "elif"},
    {"Ruben Claes", "ruben.claes@example.com", "+32 455 00 01 19", "", "open", R"(["battery"])",
     R"({"model":"Tern 2","frame_no":"FJ-23344","city":"Ghent"})", "kenji"},
    {"Grünzeug Lieferdienst", "dispatch@gruenzeug.example", "+49 30 23125 301", "Grünzeug GmbH", "open",
     R"(["fleet","vip"])", R"({"bikes":24,"contract":"service plus","renewal":"2027-03"})", "priya"},
    {"Theo Marchetti", "theo.m@example.org", "", "", "open", R"(["order"])", R"({"order":"10482","city":"Bologna"})",
     "tomas"},
    {"Saga Nyström", "saga@example.com", "+46 70 174 06 05", "", "open", R"(["brakes"])",
     R"({"model":"Skerry 5","frame_no":"FJ-51207","city":"Malmö"})", "oskar"},
    {"Darnell Brooks", "darnell@example.com", "+1 202 555 0143", "", "open", R"(["test ride"])", R"({"city":"Lisbon"})",
     "amara"},
    {"Kinderhaus Sonnenallee", "buero@kinderhaus.example", "+49 30 23125 302", "Kinderhaus Sonnenallee e. V.", "open",
     R"(["cargo","school"])", R"({"bikes":3,"insured":true})", "lucia"},
    {"Yuki Tanabe", "yuki@example.org", "", "", "open", R"(["app"])", R"({"model":"Tern 2","app_version":"4.2.1"})",
     "noor"},
    {"Marek Zieliński", "marek.z@example.com", "+48 123 456 019", "", "snoozed", R"(["warranty"])",
     R"({"model":"Tern 1","frame_no":"FJ-11980"})", "elif"},
    {"Aoife Gallagher", "aoife@example.com", "+353 20 910 0117", "", "open", R"(["order"])", R"({"order":"10495"})",
     "tomas"},
    {"Stadtwerke Radlogistik", "rad@stadtwerke.example", "+49 30 23125 303", "Stadtwerke Neustadt", "open",
     R"(["fleet"])", R"({"bikes":61,"contract":"service basic","renewal":"2026-12"})", "priya"},
    {"Léa Fontaine", "lea.fontaine@example.com", "+33 1 99 00 12 40", "", "open", R"(["battery","app"])",
     R"({"model":"Skerry 7","frame_no":"FJ-70666","city":"Nantes"})", "kenji"},
    {"Bjørn Solheim", "bjorn@example.org", "", "", "closed", R"(["accessories"])", R"({"order":"10377"})", "tomas"},
    {"Camila Duarte", "camila@example.com", "", "", "open", R"(["cargo"])", R"({"model":"Skerry 7"})", "amara"},
    {"Velo Werkstatt Nord", "hallo@velonord.example", "+49 30 23125 304", "Velo Werkstatt Nord", "open",
     R"(["dealer"])", R"({"dealer_no":1187,"discount":0.22})", "jonas"},
    {"Pieter de Wit", "pieter@example.com", "+31 6 1234 0117", "", "snoozed", R"(["brakes"])",
     R"({"model":"Skerry 5","frame_no":"FJ-50991"})", "oskar"},
    {"Zainab Yusuf", "zainab@example.org", "+44 7700 900118", "", "open", R"(["test ride"])", R"({"city":"London"})",
     "amara"},
    {"Emil Sørensen", "emil@example.com", "", "", "closed", R"(["battery"])",
     R"({"model":"Tern 2","frame_no":"FJ-22018"})", "kenji"},
    {"Brotkorb Bäckerei", "filiale@brotkorb.example", "+49 30 23125 305", "Brotkorb KG", "open", R"(["fleet","cargo"])",
     R"({"bikes":6,"contract":"service plus"})", "priya"},
    {"Nadia Petrova", "nadia@example.com", "", "", "open", R"([])", R"({"model":"Tern 1"})", ""},
    {"Hugo Lemaire", "hugo@example.org", "+33 1 99 00 12 51", "", "open", R"(["order","accessories"])",
     R"({"order":"10501"})", "tomas"},
    {"Freya Lindahl", "freya@example.com", "", "", "closed", R"(["app"])", R"({"app_version":"4.1.0"})", "noor"},
    {"Omar Benali", "omar@example.com", "+33 1 99 00 12 66", "", "open", R"(["warranty","frame"])",
     R"({"model":"Skerry 5","frame_no":"FJ-50017"})", "elif"},
    {"Charlotte Weiss", "charlotte@example.org", "+49 30 23125 306", "", "open", R"(["leasing"])",
     R"({"leasing":"JobRad","model":"Tern 2"})", "lucia"},
    {"Radhaus Köpenick", "team@radhaus.example", "+49 30 23125 307", "Radhaus Köpenick", "snoozed", R"(["dealer"])",
     R"({"dealer_no":1203,"discount":0.2})", "jonas"},
    {"Iker Etxeberria", "iker@example.com", "", "", "open", R"(["cargo"])", R"({"city":"Bilbao"})", "lucia"},
    {"Agnieszka Wójcik", "agnieszka@example.com", "+48 123 456 027", "", "closed", R"(["order"])",
     R"({"order":"10398"})", "tomas"},
    {"Mateo Silva", "mateo@example.org", "", "", "open", R"(["battery"])",
     R"({"model":"Tern 1","frame_no":"FJ-10873"})", ""},
    {"Kaffeeklatsch Rösterei", "bar@kaffeeklatsch.example", "+49 30 23125 308", "Kaffeeklatsch", "open",
     R"(["cargo","event"])", R"({"bikes":1,"conversion":"coffee bar"})", "priya"},
    {"Sunniva Dahl", "sunniva@example.com", "", "", "open", R"(["leasing"])", R"({"leasing":"Bikeleasing"})", "lucia"},
    {"Anton Kessler", "anton@example.com", "+49 30 23125 309", "", "closed", R"(["brakes","warranty"])",
     R"({"model":"Skerry 5","frame_no":"FJ-50440"})", "oskar"},
    {"Rosa Jiménez", "rosa@example.org", "", "", "open", R"(["test ride","cargo"])", R"({"city":"Valencia"})", "amara"},
    {"Lieferfuchs", "ops@lieferfuchs.example", "+49 30 23125 310", "Lieferfuchs UG", "open", R"(["fleet","trial"])",
     R"({"bikes":4,"trial_until":"2026-12-31"})", "priya"},
    {"Thandiwe Mokoena", "thandiwe@example.com", "", "", "open", R"(["app"])", R"({"app_version":"4.2.1"})", "noor"},
    {"Jean-Luc Perrin", "jl.perrin@example.com", "+33 1 99 00 12 83", "", "snoozed", R"(["order"])",
     R"({"order":"10466"})", "tomas"},
    {"Maja Kovačević", "maja@example.org", "", "", "open", R"(["accessories"])", R"({"model":"Skerry 7"})", ""},
    {"Finn O’Reilly", "finn@example.com", "+353 20 910 0129", "", "closed", R"(["test ride"])", R"({"city":"Cork"})",
     "amara"},
    {"Wilhelmine Krüger", "w.krueger@example.com", "", "", "open", R"(["newsletter"])", R"({})", ""},
    {"Dimitra Pappas", "dimitra@example.org", "", "", "open", R"(["battery","leasing"])",
     R"({"model":"Tern 2","leasing":"JobRad"})", "kenji"},
    {"Botanischer Garten", "technik@botgarten.example", "+49 30 23125 311", "Botanischer Garten", "open",
     R"(["fleet","cargo"])", R"({"bikes":5,"contract":"service basic"})", "oskar"},
};

constexpr line ines[] = {
    {"", "Hello! The box of my Skerry has a crack at the front left corner. I never dropped it. Is that covered?"},
    {"elif", "Hi Ines, sorry to hear that. The box is covered for five years. Could you send two photos, one of the "
             "crack and one of the frame number?"},
    {"", "Frame number is FJ-70412. I'm sending the photos by mail now."},
    {"elif", "Got them, thank you. That is a moulding fault, so a new box is on us. Oskar can fit it at your place."},
    {"", "Wonderful. Any day after four works for me."},
};
constexpr line ruben[] = {
    {"", "My battery goes from 40 % to off in about a kilometre since last week."},
    {"kenji", "Hi Ruben, that sounds like one tired cell. Did you charge it in the cold, say below 5 °C?"},
    {"", "It does live in an unheated shed, so probably yes."},
    {"kenji", "Then please warm it up indoors for a night, charge it to 100 % and ride it once until it stops. If it "
              "still drops, we swap it."},
    {"", "Will do tonight 👍"},
};
constexpr line gruenzeug[] = {
    {"", "Morning! Bikes 11 and 17 both throw error E-23 and refuse to start. We're two riders short today."},
    {"jonas",
     "Good morning! E-23 is the torque sensor's plug. Unplug it for ten seconds, plug it in again: that brings "
     "them back for the day."},
    {"", "17 is back. 11 still dead."},
    {"oskar", "I'm at your depot at 11:30 with a spare sensor."},
    {"", "You are heroes. Coffee is on us."},
    {"priya", "And I'll add both sensors to the service plan, nothing to pay."},
};
constexpr line theo[] = {
    {"", "Is order 10482 on its way? The tracking says “label created” since Tuesday."},
    {"tomas", "Hi Theo, the carrier lost the pickup. It leaves today, with you by Friday. I've refunded the shipping."},
    {"", "Fair enough, thanks for being straight about it."},
};
constexpr line saga[] = {
    {"", "The front brake squeals like a seagull when it rains. The neighbours have started to comment."},
    {"oskar", "Ha! Resin pads do that. I can fit sintered ones on Thursday when I'm in Malmö. 20 minutes."},
    {"", "Thursday is perfect, I'm home from three."},
};
constexpr line darnell[] = {
    {"", "Hi, can I try the Skerry 7 with two kids on board? They're 4 and 6."},
    {"amara", "Of course! The bench carries both, we have helmets in their sizes. Saturday at ten?"},
    {"", "Saturday at ten it is."},
};
constexpr line kinderhaus[] = {
    {"", "We'd like a third bike for the group of the little ones. Can it have the lower entry?"},
    {"lucia",
     "Lovely to hear! Yes, the low entry fits the Skerry 7 from this spring on. Shall I send an offer with the "
     "school discount?"},
    {"", "Please do, to the office address."},
    {"lucia", "It's in your inbox. Delivery would be in three weeks."},
};
constexpr line yuki[] = {
    {"", "The app shows my bike in the middle of the sea since the update. It is in my hallway."},
    {"noor", "We've had three of those today, it's a fault in 4.2.1. A fix is on its way; until then the bike's own "
             "display is right."},
};
constexpr line lea[] = {
    {"", "After the app update the battery shows 0 %, but the bike rides normally?"},
    {"kenji", "Hi Léa, same update, same fault: only the number is wrong. 4.2.2 comes tomorrow."},
    {"", "Merci ! Then I'll stop worrying."},
};
constexpr line stadtwerke[] = {
    {"", "For the tender we need the maintenance records of all 61 bikes as one file. Is that possible by Monday?"},
    {"priya", "Yes. You'll have a spreadsheet on Friday, one line for each visit."},
    {"samuel", "I've just started the export, it includes the parts that were used."},
};
constexpr line charlotte[] = {
    {"", "My employer changed its leasing partner. What happens to my contract?"},
    {"lucia", "Nothing changes for you until it ends in May. I can talk to both sides if you send me the letter."},
};
constexpr line omar[] = {
    {"", "There is a creak from the bottom bracket on every climb."},
    {"elif", "Hi Omar, is it there when you stand, too? That tells the frame from the saddle."},
    {"", "Yes, standing as well."},
    {"elif", "Then we want to look at it. I've opened a case, Kenji will suggest a day."},
};
constexpr line lieferfuchs[] = {
    {"", "Week one with the four trial bikes: riders fight over them. What would twelve cost?"},
    {"priya", "Best message of the week! I'll have numbers for 12, 18 and 24 tomorrow, service included."},
};
constexpr line aoife[] = {
    {"", "Could you add a child seat to order 10495 before it ships?"},
    {"tomas", "Done, and it travels in the same box. €89, the invoice is updated."},
};
constexpr line rosa[] = {
    {"", "Do you have a dealer near Valencia where I could see the cargo models?"},
    {"amara", "Not yet, but our tour stops there on the 5th. Want me to keep you a slot?"},
    {"", "Yes please, in the afternoon!"},
};
constexpr line mateo[] = {
    {"", "hey, charger gets really hot. is that normal??"},
};

constexpr thread thread_list[] = {
    {"omar@example.com", omar},
    {"rosa@example.org", rosa},
    {"aoife@example.com", aoife},
    {"charlotte@example.org", charlotte},
    {"lea.fontaine@example.com", lea},
    {"yuki@example.org", yuki},
    {"rad@stadtwerke.example", stadtwerke},
    {"buero@kinderhaus.example", kinderhaus},
    {"darnell@example.com", darnell},
    {"saga@example.com", saga},
    {"ops@lieferfuchs.example", lieferfuchs},
    {"theo.m@example.org", theo},
    {"ines@example.com", ines},
    {"ruben.claes@example.com", ruben},
    {"dispatch@gruenzeug.example", gruenzeug},
    {"mateo@example.org", mateo},
};

constexpr remark remark_list[] = {
    {"dispatch@gruenzeug.example", "priya", "Renewal in March. They decide on 12 more bikes in January.", true},
    {"dispatch@gruenzeug.example", "oskar", "Depot code is with Samuel. Ask for Selin at the gate."},
    {"ines@example.com", "elif", "Warranty case W-2291 approved: box, colour sand. No charge for fitting.", true},
    {"ines@example.com", "oskar", "Fitting on the 28th, after 16:00."},
    {"ruben.claes@example.com", "kenji", "If it comes back: swap, don't repair. Batch B-19 has three more of these."},
    {"theo.m@example.org", "tomas", "Shipping refunded. Carrier claim 88-4410."},
    {"saga@example.com", "oskar", "Bring two sets of sintered pads, she has the old calliper."},
    {"darnell@example.com", "amara", "Test ride Saturday 10:00, Skerry 7 with bench, helmets 48 and 52."},
    {"buero@kinderhaus.example", "lucia", "School discount 12 %, agreed with Mira.", true},
    {"buero@kinderhaus.example", "mira", "Please ask them for a photo with the kids for the website!"},
    {"yuki@example.org", "noor", "Known fault in 4.2.1, fixed in 4.2.2. Tell her when it is out."},
    {"rad@stadtwerke.example", "priya", "Tender closes on the 14th. Competitor offers 5 % less without service.", true},
    {"rad@stadtwerke.example", "samuel", "Export runs every Friday from now on."},
    {"marek.z@example.com", "elif", "Waits for the spare fork, arrives in week 50."},
    {"omar@example.com", "elif", "Case W-2304. Frame exchange if the bracket shell is oval."},
    {"ops@lieferfuchs.example", "priya", "Trial ends on 31 December. Offer: 12 / 18 / 24."},
    {"hallo@velonord.example", "jonas", "Wants training for the new motor, three people, spring."},
    {"team@radhaus.example", "jonas", "Closed until February because of the move."},
    {"pieter@example.com", "oskar", "On holiday until the 2nd, call after that."},
    {"charlotte@example.org", "lucia", "Letter from the leasing company is in the shared mailbox."},
    {"technik@botgarten.example", "oskar", "Low bridges on the grounds: deliver without the roof."},
    {"bar@kaffeeklatsch.example", "priya", "Would be a great story for the summer fair."},
};

}  // namespace

std::span<const colleague> colleagues() {
  return colleague_list;
}

std::span<const client> clients() {
  return client_list;
}

std::span<const thread> threads() {
  return thread_list;
}

std::span<const remark> remarks() {
  return remark_list;
}

}  // namespace chatmesh::app::demo
